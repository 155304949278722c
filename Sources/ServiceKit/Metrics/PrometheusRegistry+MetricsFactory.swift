public import Metrics

extension PrometheusRegistry: MetricsFactory {
    /// The counter of these labels. It ignores negative amounts. A ``makeFloatingPointCounter(label:dimensions:)`` of the same
    /// labels adds to the same series.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(CounterSeries.self, name: MetricName.counter(label), dimensions: dimensions) ?? NOOPMetricsHandler.instance
    }

    /// The counter of these labels. It ignores amounts that are negative or not finite.
    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(CounterSeries.self, name: MetricName.counter(label), dimensions: dimensions) ?? NOOPMetricsHandler.instance
    }

    /// The gauge of these labels.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(GaugeSeries.self, name: MetricName.sanitized(label), dimensions: dimensions) ?? NOOPMetricsHandler.instance
    }

    /// The histogram of these labels if `aggregate`, else the gauge, which holds the last value.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        let name = MetricName.sanitized(label)
        return if aggregate {
            series(HistogramSeries.self, name: name, dimensions: dimensions) ?? NOOPMetricsHandler.instance
        } else {
            series(GaugeSeries.self, name: name, dimensions: dimensions) ?? NOOPMetricsHandler.instance
        }
    }

    /// The histogram of these labels, in seconds. A preferred display unit changes nothing.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(HistogramSeries.self, name: MetricName.timer(label), dimensions: dimensions) ?? NOOPMetricsHandler.instance
    }

    /// Removes the series from what is rendered, for everyone who holds its handler.
    public func destroyCounter(_ handler: any CounterHandler) {
        removeSeries(handler)
    }

    /// Removes the series from what is rendered, for everyone who holds its handler.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
        removeSeries(handler)
    }

    /// Removes the series from what is rendered, for everyone who holds its handler.
    public func destroyMeter(_ handler: any MeterHandler) {
        removeSeries(handler)
    }

    /// Removes the series from what is rendered, for everyone who holds its handler.
    public func destroyRecorder(_ handler: any RecorderHandler) {
        removeSeries(handler)
    }

    /// Removes the series from what is rendered, for everyone who holds its handler.
    public func destroyTimer(_ handler: any TimerHandler) {
        removeSeries(handler)
    }

    /// The handlers of a full registry, and of other backends, are no series of ours.
    private func removeSeries(_ handler: AnyObject) {
        if let series = handler as? any MetricSeries {
            remove(series)
        }
    }
}
