/// Turns swift-metrics labels, such as `http.server.request.duration`, into Prometheus names.
enum MetricName {
    /// A counter's name ends in `_total`.
    static func counter(_ label: String) -> String {
        sanitized(label, suffix: "_total")
    }

    /// A timer's name ends in its unit.
    static func timer(_ label: String) -> String {
        sanitized(label, suffix: "_seconds")
    }

    /// A name of the form `[a-zA-Z_:][a-zA-Z0-9_:]*`; each other character becomes `_`.
    static func sanitized(_ label: String) -> String {
        replaceInvalid(in: label) { $0 == ":" }
    }

    /// A label name of the form `[a-zA-Z_][a-zA-Z0-9_]*`, never beginning with `__`, which Prometheus keeps for itself:
    /// a dimension `__name__` could otherwise pose as another metric.
    static func sanitizedLabel(_ name: String) -> String {
        var name = replaceInvalid(in: name) { _ in false }
        while name.hasPrefix("__") {
            name.removeFirst()
        }
        return name
    }

    private static func sanitized(_ label: String, suffix: String) -> String {
        let name = sanitized(label)
        return name.hasSuffix(suffix) ? name : name + suffix
    }

    private static func replaceInvalid(in text: String, alsoValid: (Unicode.Scalar) -> Bool) -> String {
        var name = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "_":
                name.append(scalar)
            case "0"..."9":
                if name.isEmpty { name.append("_") }
                name.append(scalar)
            default:
                name.append(alsoValid(scalar) ? scalar : "_")
            }
        }
        return name.isEmpty ? "_" : String(name)
    }
}
