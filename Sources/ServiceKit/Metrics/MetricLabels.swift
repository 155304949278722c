/// Turns swift-metrics dimensions into the text between the braces of a sample.
enum MetricLabels {
    /// Labels sorted by name, such as `method="GET",status="200"`. The same dimensions in any order give the same text.
    static func render(_ dimensions: [(String, String)], of kind: MetricKind) -> String {
        let labels =
            dimensions
            .filter { !$0.1.isEmpty }
            .map { (name: labelName($0.0, of: kind), value: $0.1) }
            .sorted { ($0.name, $0.value) < ($1.name, $1.value) }

        var text = ""
        var previousName: String?
        for label in labels {
            if label.name == previousName {
                text += ";"
            } else {
                text += previousName == nil ? "" : "\","
                text += label.name
                text += "=\""
                previousName = label.name
            }
            appendEscaped(label.value, to: &text)
        }
        return labels.isEmpty ? "" : text + "\""
    }

    private static func labelName(_ dimension: String, of kind: MetricKind) -> String {
        let name = MetricName.sanitizedLabel(dimension)
        return kind == .histogram && name == "le" ? "exported_le" : name
    }

    /// Goes by scalars: as a `Character`, CR LF is one and not a line feed.
    private static func appendEscaped(_ value: String, to text: inout String) {
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
