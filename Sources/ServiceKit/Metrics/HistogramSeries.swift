internal import Metrics

/// How observations are spread over buckets, with their count and sum.
final class HistogramSeries: MetricSeries, TimerHandler, RecorderHandler {
    static let kind = MetricKind.histogram

    let identity: SeriesIdentity
    private let buckets: HistogramBuckets
    /// Not cumulative: an observation touches one of them. The last counts what is above every bound.
    private let counts: AtomicCounts
    private let sum = AtomicDouble(0)

    init(identity: SeriesIdentity) {
        self.identity = identity
        buckets = .suited(to: identity.family)
        counts = AtomicCounts(count: buckets.bounds.count + 1)
    }

    /// A negative duration, which a clock that was set back can give, counts as none.
    func recordNanoseconds(_ duration: Int64) {
        observe(Double(max(0, duration)) / 1e9)
    }

    func record(_ value: Int64) {
        observe(Double(value))
    }

    func record(_ value: Double) {
        observe(value)
    }

    /// Ignores a value that is not finite: the sum would never come back from it.
    private func observe(_ value: Double) {
        guard value.isFinite else { return }
        counts.increment(at: buckets.index(of: value))
        sum.add(value)
    }

    func write(to text: inout String) {
        let separator = identity.labels.isEmpty ? "" : ","
        var cumulative: UInt64 = 0
        for (index, bound) in buckets.renderedBounds.enumerated() {
            cumulative += counts.load(at: index)
            Exposition.appendSample(
                identity.family, suffix: "_bucket", labels: "\(identity.labels)\(separator)le=\"\(bound)\"",
                value: String(cumulative), to: &text)
        }
        Exposition.appendSample(
            identity.family, suffix: "_sum", labels: identity.labels, value: Exposition.number(sum.load()), to: &text)
        Exposition.appendSample(
            identity.family, suffix: "_count", labels: identity.labels, value: String(cumulative), to: &text)
    }
}
