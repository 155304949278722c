/// Text for HTML and for SVG inside it.
public enum HTML {
    /// Text that cannot become markup, in an element or in a quoted attribute. Logs are written by strangers.
    public static func escape(_ text: some StringProtocol) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A table whose caption says what it is; cells are text, and are escaped here. The first row and the first column head it.
    public static func table(caption: String, rows: [[String]], textColumns: Set<Int> = []) -> String {
        var html = "<div class=\"scroll\"><table>\n<caption>\(escape(caption))</caption>\n"
        for (index, row) in rows.enumerated() {
            if index == 0 { html += "<thead>\n" }
            html += "<tr>"
            for (column, cell) in row.enumerated() {
                let style = textColumns.contains(column) ? " class=\"text\"" : ""
                if index == 0 {
                    html += "<th scope=\"col\"\(style)>\(escape(cell))</th>"
                } else if column == 0 {
                    html += "<th scope=\"row\"\(style)>\(escape(cell))</th>"
                } else {
                    html += "<td\(style)>\(escape(cell))</td>"
                }
            }
            html += "</tr>\n"
            if index == 0 { html += "</thead>\n<tbody>\n" }
        }
        return html + "</tbody>\n</table></div>\n"
    }
}
