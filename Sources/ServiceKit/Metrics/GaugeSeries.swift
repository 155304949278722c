internal import Metrics

/// A value that goes up and down.
final class GaugeSeries: MetricSeries, MeterHandler, RecorderHandler {
    static let kind = MetricKind.gauge

    let identity: SeriesIdentity
    private let value = AtomicDouble(0)

    init(identity: SeriesIdentity) {
        self.identity = identity
    }

    func set(_ value: Int64) {
        self.value.store(Double(value))
    }

    func set(_ value: Double) {
        self.value.store(value)
    }

    func record(_ value: Int64) {
        set(value)
    }

    func record(_ value: Double) {
        set(value)
    }

    /// Ignores an amount that is not finite: the gauge would never come back from it.
    func increment(by amount: Double) {
        guard amount.isFinite else { return }
        value.add(amount)
    }

    func decrement(by amount: Double) {
        increment(by: -amount)
    }

    func write(to text: inout String) {
        Exposition.appendSample(
            identity.family, labels: identity.labels, value: Exposition.number(value.load()), to: &text)
    }
}
