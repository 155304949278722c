/// Prometheus text format 0.0.4, family by family.
struct Exposition {
    private var families: [(name: String, text: String)] = []

    /// Everything added, sorted by name.
    var text: String {
        families.sorted { $0.name < $1.name }.map(\.text).joined()
    }

    /// Adds a family; `writeSamples` appends its lines with ``appendSample(_:suffix:labels:value:to:)``.
    mutating func addFamily(name: String, kind: MetricKind, help: String? = nil, writeSamples: (inout String) -> Void) {
        var text = help.map { "# HELP \(name) \($0)\n" } ?? ""
        text += "# TYPE \(name) \(kind.rawValue)\n"
        writeSamples(&text)
        families.append((name, text))
    }

    /// Adds a family of one sample without labels.
    mutating func addFamily(name: String, kind: MetricKind, help: String, value: String) {
        addFamily(name: name, kind: kind, help: help) { text in
            Self.appendSample(name, labels: "", value: value, to: &text)
        }
    }

    static func appendSample(_ name: String, suffix: String = "", labels: String, value: String, to text: inout String) {
        text += name
        text += suffix
        if !labels.isEmpty {
            text += "{"
            text += labels
            text += "}"
        }
        text += " "
        text += value
        text += "\n"
    }

    /// A value as Prometheus reads it: `3`, `0.25`, `5e-05`, `+Inf`, `NaN`.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        // Beyond 2^53 a whole number in full would show digits that it does not have.
        if value.magnitude < 0x1p53, let whole = Int64(exactly: value) { return String(whole) }
        return value.description
    }
}
