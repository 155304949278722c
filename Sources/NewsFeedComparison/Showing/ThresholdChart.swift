import Foundation
import HTMLReport
import Terminal

/// A chart over numbers of followers, as SVG that stands in an HTML page and takes its colours from the page's style sheet.
struct ThresholdChart {
    struct Curve {
        let name: String
        /// One of the page's classes for curves: colour and dashes.
        let style: String
        let points: [(x: Double, y: Double)]
        /// Whether each point is shown: it was measured.
        var hasDots = true
    }

    /// A vertical line, and what it says.
    struct Mark {
        let x: Double
        let label: String
    }

    let title: String
    /// What a reader who cannot see it should know.
    let description: String
    /// Unique in the page.
    let identifier: String
    /// Behind the numbers at the left.
    let unit: String
    let curves: [Curve]
    var marks: [Mark] = []
    /// What the ends of the horizontal axis stand for.
    var ends: (left: String, right: String)?

    private static let width = 960.0
    private static let height = 300.0
    private static let margin = (left: 78.0, right: 18.0, top: 30.0, bottom: 52.0)

    func render() -> String {
        """
        <figure>
        <figcaption><strong>\(HTML.escape(title))</strong>\(legend)</figcaption>
        <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" \
        aria-labelledby="\(identifier)-title \(identifier)-description">
        <title id="\(identifier)-title">\(HTML.escape(title))</title>
        <desc id="\(identifier)-description">\(HTML.escape(description))</desc>
        \(verticalAxis)\(horizontalAxis)\(drawnMarks)\(curves.map(drawn).joined())</svg>
        </figure>

        """
    }

    private var legend: String {
        curves.map { curve in
            "<span class=\"legend\"><svg class=\"sample\" viewBox=\"0 0 28 12\" aria-hidden=\"true\">"
                + "<path class=\"line \(curve.style)\" d=\"M1 6H27\"/></svg> \(HTML.escape(curve.name))</span>"
        }.joined()
    }

    // MARK: Axes

    private var verticalAxis: String {
        var svg = ""
        let (lowest, step) = (bottom, step)
        for index in 0...Int(((top - lowest) / step).rounded()) {
            let value = lowest + Double(index) * step
            let line = "M\(number(Self.margin.left)) \(number(y(value)))H\(number(Self.width - Self.margin.right))"
            svg += "<path class=\"\(value.magnitude < step / 2 ? "axis" : "grid")\" d=\"\(line)\"/>"
            svg += text("\(NumberFormat.decimal(value))\(unit)", x: Self.margin.left - 8, y: y(value) + 4, anchor: "end")
        }
        return svg
    }

    private var horizontalAxis: String {
        var svg = ""
        let foot = Self.height - Self.margin.bottom
        var decade = 1.0
        while decade <= right {
            for factor in [1.0, 2, 5] where decade * factor <= right && (factor == 1 || right < 2000) {
                let place = x(decade * factor)
                svg += "<path class=\"axis\" d=\"M\(number(place)) \(number(foot))v5\"/>"
                svg += text(NumberFormat.count(Int(decade * factor)), x: place, y: foot + 19, anchor: "middle")
            }
            decade *= 10
        }
        if let ends {
            svg += text("← \(ends.left)", x: Self.margin.left, y: foot + 40, anchor: "start")
            svg += text("\(ends.right) →", x: Self.width - Self.margin.right, y: foot + 40, anchor: "end")
        }
        return svg + text("followers", x: (Self.margin.left + Self.width - Self.margin.right) / 2, y: foot + 40, anchor: "middle")
    }

    /// Labels of neighbours stand in two rows.
    private var drawnMarks: String {
        marks.sorted { $0.x < $1.x }.enumerated().map { index, mark in
            let place = x(mark.x)
            let anchor = place > Self.width * 0.7 ? "end" : place < Self.width * 0.3 ? "start" : "middle"
            let row = index.isMultiple(of: 2) ? 12.0 : 25.0
            return
                "<path class=\"boundary\" d=\"M\(number(place)) \(number(row + 3))V\(number(Self.height - Self.margin.bottom))\"/>"
                + "<text class=\"label\" x=\"\(number(place))\" y=\"\(number(row))\" text-anchor=\"\(anchor)\">"
                + "\(HTML.escape(mark.label))</text>\n"
        }.joined()
    }

    private func drawn(_ curve: Curve) -> String {
        let path = curve.points.enumerated().map { index, point in
            "\(index == 0 ? "M" : "L")\(number(x(point.x))) \(number(y(point.y)))"
        }.joined()
        let dots = curve.points.map { point in
            "<circle class=\"dot \(curve.style)\" cx=\"\(number(x(point.x)))\" cy=\"\(number(y(point.y)))\" r=\"3.5\"/>"
        }
        return "<path class=\"line \(curve.style)\" d=\"\(path)\"/>\n" + (curve.hasDots ? dots.joined() + "\n" : "")
    }

    private func text(_ label: String, x: Double, y: Double, anchor: String) -> String {
        "<text class=\"tick\" x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\">\(HTML.escape(label))</text>\n"
    }

    // MARK: Scales

    private var values: [Double] { curves.flatMap { $0.points.map(\.y) } }
    private var right: Double { max(10, (curves.flatMap { $0.points.map(\.x) } + marks.map(\.x)).max() ?? 10) }
    /// Measured noise may lie a little below 0.
    private var bottom: Double { min(0, ((values.min() ?? 0) / step).rounded(.down) * step) }
    private var top: Double { max(step, ((values.max() ?? 0) / step).rounded(.up) * step) }

    /// 1, 2 or 5 times a power of ten, so that at most six steps reach from the lowest to the highest.
    private var step: Double {
        let span = max((values.max() ?? 0) - min(0, values.min() ?? 0), 1e-3)
        let unit = pow(10, log10(span / 6).rounded(.down))
        return [1, 2, 5, 10].map { $0 * unit }.first { $0 * 6 >= span } ?? 10 * unit
    }

    private func x(_ followers: Double) -> Double {
        Self.margin.left + (Self.width - Self.margin.left - Self.margin.right) * log(max(1, followers)) / log(right)
    }

    private func y(_ value: Double) -> Double {
        let plot = Self.height - Self.margin.top - Self.margin.bottom
        return Self.height - Self.margin.bottom - plot * (value - bottom) / (top - bottom)
    }

    /// A coordinate with one decimal.
    private func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10)" + (tenths.isMultiple(of: 10) ? "" : ".\(abs(tenths % 10))")
    }
}
