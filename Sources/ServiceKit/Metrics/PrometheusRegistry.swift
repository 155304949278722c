internal import Synchronization

/// A swift-metrics backend that keeps every series in memory and renders them in the Prometheus text format.
///
/// ```swift
/// let registry = PrometheusRegistry()
/// MetricsSystem.bootstrap(registry)
/// Counter(label: "checks", dimensions: [("policy", "login")]).increment()
/// registry.render()  // checks_total{policy="login"} 1 …
/// ```
///
/// | swift-metrics | Prometheus | name |
/// |---|---|---|
/// | `Counter`, `FloatingPointCounter` | counter | ends in `_total` |
/// | `Meter`, `Gauge` | gauge | as given |
/// | `Recorder` | histogram | as given |
/// | `Timer` | histogram, in seconds | ends in `_seconds` |
///
/// Recording is lock-free and safe from any thread; looking a handler up takes a lock, so keep handlers instead of making
/// one per event.
///
/// **Names.** Characters that Prometheus refuses become `_`. A name keeps the kind that it was first used with for the life
/// of the registry: the same name asked for as another kind is rendered with that kind as a suffix (`queue` as a gauge, then
/// as a histogram, gives `queue` and `queue_histogram`; a counter's suffix stands before `_total`). A name also clashes with
/// the `_bucket`, `_sum` and `_count` samples of a histogram, and with the names of the registry's own metrics.
///
/// **Labels.** Dimensions are sorted by name. One with an empty value is left out, for Prometheus does not tell it from a
/// missing one; the values of dimensions whose names become equal are joined with `;`; `le` on a histogram is renamed
/// `exported_le`.
///
/// **Bounds.** The registry holds at most ``maximumSeries`` series and as many names. What is made beyond that records
/// nothing, and `groundwork_metrics_dropped_series_total` counts each attempt.
public final class PrometheusRegistry: Sendable {
    /// The `Content-Type` of what ``render()`` returns.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// The most series that one registry holds, 10,000. A histogram with all its buckets is one series here.
    public static let maximumSeries = 10_000

    private static let droppedSeriesName = "groundwork_metrics_dropped_series_total"

    private let families = Mutex(
        MetricFamilies(reservedNames: ProcessMetrics.names + [droppedSeriesName], limit: maximumSeries))
    private let droppedSeries = Atomic<UInt64>(0)

    /// An empty registry.
    public init() {}

    /// All series as Prometheus text format 0.0.4: families sorted by name, series by labels, each histogram's buckets
    /// cumulative. On Linux the figures of the process itself are among them.
    ///
    /// Recording goes on meanwhile. Values are read one by one, so two series may be apart by what was recorded in between.
    ///
    /// - Complexity: O(*n* log *n*) in the number of series; it also reads a few small files below `/proc`.
    public func render() -> String {
        // The dictionary is copied on write: rendering does not hold the lock.
        let families = families.withLock { $0.families }

        var exposition = Exposition()
        for (name, family) in families where !family.series.isEmpty {
            exposition.addFamily(name: name, kind: family.kind) { text in
                for (_, series) in family.series.sorted(by: { $0.key < $1.key }) {
                    series.write(to: &text)
                }
            }
        }
        exposition.addFamily(
            name: Self.droppedSeriesName, kind: .counter, help: "Attempts to make a series beyond the registry's limit.",
            value: String(droppedSeries.load(ordering: .relaxed)))
        ProcessMetrics.read()?.write(to: &exposition)
        return exposition.text
    }

    /// The series of these labels, made if need be; `nil`, and counted as dropped, when the registry is full.
    func series<Series: MetricSeries>(_: Series.Type, name: String, dimensions: [(String, String)]) -> Series? {
        let labels = MetricLabels.render(dimensions, of: Series.kind)
        let series = families.withLock { $0.series(Series.self, name: name, labels: labels) }
        if series == nil {
            droppedSeries.wrappingAdd(1, ordering: .relaxed)
        }
        return series
    }

    /// Forgets a series, if this registry made it.
    func remove(_ series: any MetricSeries) {
        families.withLock { $0.remove(series) }
    }
}
