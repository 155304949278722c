public import Testing

/// As much of Prometheus' text format as it takes to refuse what is none.
public struct Metrics {
    public private(set) var types: [String: String] = [:]
    private var samples: [String: [(labels: [String: String], value: Double)]] = [:]

    public init(_ text: String) throws {
        try #require(text.hasSuffix("\n"))
        for line in text.split(separator: "\n") {
            if line.hasPrefix("# HELP ") { continue }
            if let type = line.wholeMatch(of: #/# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)/#) {
                try #require(types.updateValue(String(type.2), forKey: String(type.1)) == nil, "twice: \(line)")
                continue
            }
            let sample = try #require(
                line.wholeMatch(of: #/([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(.*)\})? ([-+0-9.eE]+|\+Inf|NaN)/#), "\(line)")
            var labels: [String: String] = [:]
            var rest = (sample.3 ?? "")[...]
            while let label = rest.prefixMatch(of: #/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)",?/#) {
                labels[String(label.1)] = String(label.2)
                rest = rest[label.range.upperBound...]
            }
            try #require(rest.isEmpty, "\(line)")
            let value = try #require(sample.4 == "+Inf" ? .infinity : Double(sample.4), "\(line)")
            samples[String(sample.1), default: []].append((labels, value))
        }
    }

    /// The value of one series; nil when there is none.
    public func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        samples[name]?.first { $0.labels == labels }?.value
    }

    /// The sum of all series that have these labels among theirs.
    public func sum(_ name: String, _ labels: [String: String]) -> Double {
        let series = samples[name, default: []].filter { sample in labels.allSatisfy { sample.labels[$0.key] == $0.value } }
        return series.reduce(0) { $0 + $1.value }
    }
}

extension RunningService {
    public func metrics(sourceLocation: SourceLocation = #_sourceLocation) async throws -> Metrics {
        let reply = try await request("GET", "/metrics")
        #expect(reply.status == 200, sourceLocation: sourceLocation)
        #expect(reply["Content-Type"]?.hasPrefix("text/plain; version=0.0.4") == true, sourceLocation: sourceLocation)
        return try Metrics(reply.text)
    }
}
