internal import Metrics
internal import Synchronization

/// A total that only grows. Whole amounts and others are summed apart, so that the usual `increment()` is one atomic addition.
final class CounterSeries: MetricSeries, CounterHandler, FloatingPointCounterHandler {
    static let kind = MetricKind.counter

    let identity: SeriesIdentity
    /// Unsigned: should it ever wrap, Prometheus takes that for a restart.
    private let whole = Atomic<UInt64>(0)
    private let fractional = AtomicDouble(0)

    init(identity: SeriesIdentity) {
        self.identity = identity
    }

    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        whole.wrappingAdd(UInt64(amount), ordering: .relaxed)
    }

    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        fractional.add(amount)
    }

    func reset() {
        whole.store(0, ordering: .relaxed)
        fractional.store(0)
    }

    func write(to text: inout String) {
        let whole = whole.load(ordering: .relaxed)
        let fractional = fractional.load()
        let value = fractional == 0 ? String(whole) : Exposition.number(Double(whole) + fractional)
        Exposition.appendSample(identity.family, labels: identity.labels, value: value, to: &text)
    }
}
