extension QRCode {
    /// Light modules around the code, without which readers do not find it (ISO/IEC 18004).
    static let quietZone = 4

    /// A drawing of any size: black on white also where the page is dark, since many readers want it so.
    ///
    /// - Parameter title: what a screen reader says; the text itself if nil.
    public func svg(title: String? = nil) -> String {
        let side = width + 2 * Self.quietZone
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(side) \(side)" shape-rendering="crispEdges" role="img">\
            <title>\((title ?? text).escapedForXML)</title>\
            <path fill="#fff" d="M0 0h\(side)v\(side)H0z"/>\
            <path stroke="#000" d="\(strokes)"/>\
            </svg>

            """
    }

    /// A line along the middle of each row, a stroke for each run of dark modules, a step over each run of light ones.
    private var strokes: String {
        var path = ""
        for y in 0..<width {
            // Where the pen stands; a row begins with an absolute step.
            var pen: Int?
            var x = 0
            while x < width {
                let start = x
                let isDark = self[x, y]
                repeat { x += 1 } while x < width && self[x, y] == isDark
                guard isDark else { continue }
                path += pen.map { "m\(start - $0) 0" } ?? "M\(start + Self.quietZone) \(y + Self.quietZone).5"
                path += "h\(x - start)"
                pen = x
            }
        }
        return path
    }
}

extension String {
    /// As text between two tags. What XML has no way to write becomes U+FFFD.
    fileprivate var escapedForXML: String {
        var escaped = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\t", "\n", "\r": escaped += "&#\(scalar.value);"
            case "\u{0}"..<" ", "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
