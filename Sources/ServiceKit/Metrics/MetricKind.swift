/// The type of a metric family, as its `# TYPE` line has it.
enum MetricKind: String {
    case counter, gauge, histogram

    /// The names of the samples that a family of this kind renders, and its own.
    func sampleNames(of family: String) -> [String] {
        switch self {
        case .counter, .gauge: [family]
        case .histogram: [family, family + "_bucket", family + "_sum", family + "_count"]
        }
    }

    /// Another name for a family whose name is taken by another kind.
    func rename(_ family: String) -> String {
        switch self {
        case .counter: MetricName.counter(family.dropLast("_total".count) + "_counter")
        case .gauge, .histogram: "\(family)_\(rawValue)"
        }
    }
}
