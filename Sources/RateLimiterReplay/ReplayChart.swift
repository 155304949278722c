import HTMLReport
import Terminal

/// A chart of counts over time, as SVG that stands in an HTML page and takes its colours from the page's style sheet.
struct ReplayChart {
    struct Curve {
        let name: String
        /// One of the page's classes for curves: colour and dashes.
        let style: String
        /// Filled down to zero; drawn first.
        var isArea = false
        /// One for each bucket.
        let values: [Int]
    }

    let title: String
    /// What a reader who cannot see it should know.
    let description: String
    /// Unique in the page.
    let identifier: String
    let timeline: ReplayResult.Timeline
    let curves: [Curve]
    /// The height of the vertical axis; charts that are to be compared share one.
    let peak: Int

    private static let width = 960.0
    private static let height = 240.0
    private static let margin = (left: 58.0, right: 12.0, top: 12.0, bottom: 34.0)

    func render() -> String {
        let areas = curves.filter(\.isArea).map { "<path class=\"area \($0.style)\" d=\"\(area($0.values))\"/>\n" }
        let lines = curves.filter { !$0.isArea }.map { "<path class=\"line \($0.style)\" d=\"\(outline($0.values))\"/>\n" }
        return """
            <figure>
            <figcaption><strong>\(HTML.escape(title))</strong>\(legend)</figcaption>
            <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" \
            aria-labelledby="\(identifier)-title \(identifier)-description">
            <title id="\(identifier)-title">\(HTML.escape(title))</title>
            <desc id="\(identifier)-description">\(HTML.escape(description))</desc>
            \(verticalAxis)\(timeAxis)\((areas + lines).joined())</svg>
            </figure>

            """
    }

    private var legend: String {
        curves.map { curve in
            let sample =
                curve.isArea
                ? "<rect class=\"area \(curve.style)\" x=\"1\" y=\"2\" width=\"26\" height=\"8\"/>"
                : "<path class=\"line \(curve.style)\" d=\"M1 6H27\"/>"
            return "<span class=\"legend\"><svg class=\"sample\" viewBox=\"0 0 28 12\" aria-hidden=\"true\">\(sample)</svg> "
                + "\(HTML.escape(curve.name))</span>"
        }.joined()
    }

    // MARK: Axes

    private var verticalAxis: String {
        var svg = ""
        for value in stride(from: 0, through: top, by: step) {
            let line = "M\(number(Self.margin.left)) \(number(y(value)))H\(number(Self.width - Self.margin.right))"
            svg += "<path class=\"\(value == 0 ? "axis" : "grid")\" d=\"\(line)\"/>"
            svg += tick(NumberFormat.count(value), x: Self.margin.left - 8, y: y(value) + 4, anchor: "end")
        }
        return svg
    }

    private var timeAxis: String {
        let start = timeline.start.microseconds
        let span = Int64(timeline.asked.count) * timeline.bucketMs * 1000
        let interval = Self.intervals.first { span / $0 <= 8 } ?? (span / 8 / 86_400_000_000 + 1) * 86_400_000_000
        var svg = ""
        let first = (start + interval - 1) / interval * interval
        for time in stride(from: first, through: start + span, by: Int64.Stride(interval)) {
            let x = Self.margin.left + plotWidth * Double(time - start) / Double(span)
            let moment = ReplayTime(microseconds: time)
            let isDay = time.isMultiple(of: 86_400_000_000)
            let label = isDay ? moment.date : interval < 60_000_000 ? moment.timeOfDay : String(moment.timeOfDay.prefix(5))
            let anchor = x > Self.width - 40 ? "end" : x < Self.margin.left + 20 ? "start" : "middle"
            svg += "<path class=\"axis\" d=\"M\(number(x)) \(number(y(0)))v5\"/>"
            svg += tick(label, x: x, y: y(0) + 19, anchor: anchor)
        }
        return svg
    }

    private func tick(_ label: String, x: Double, y: Double, anchor: String) -> String {
        "<text class=\"tick\" x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\">\(label)</text>\n"
    }

    private static let intervals: [Int64] =
        [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800]
        .map { $0 * 1_000_000 }

    /// 1, 2 or 5 times a power of ten, so that at most five steps reach the peak.
    private var step: Int {
        var unit = 1
        while true {
            for factor in [1, 2, 5] where unit * factor * 5 >= peak { return unit * factor }
            unit *= 10
        }
    }

    private var top: Int { max(1, (peak + step - 1) / step) * step }

    // MARK: Curves

    /// Steps: a bucket is as high from its beginning to its end. Equal neighbours are one step.
    private func outline(_ values: [Int]) -> String {
        var path = ""
        for (index, value) in values.enumerated() where index == 0 || value != values[index - 1] {
            path += index == 0 ? "M\(number(x(0))) \(number(y(value)))" : "H\(number(x(index)))V\(number(y(value)))"
        }
        return path + "H\(number(x(values.count)))"
    }

    private func area(_ values: [Int]) -> String {
        outline(values) + "V\(number(y(0)))H\(number(x(0)))Z"
    }

    private var plotWidth: Double { Self.width - Self.margin.left - Self.margin.right }

    private func x(_ bucket: Int) -> Double {
        Self.margin.left + plotWidth * Double(bucket) / Double(max(1, timeline.asked.count))
    }

    private func y(_ value: Int) -> Double {
        let plotHeight = Self.height - Self.margin.top - Self.margin.bottom
        return Self.height - Self.margin.bottom - plotHeight * Double(value) / Double(top)
    }

    /// A coordinate with one decimal.
    private func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths.isMultiple(of: 10) ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
