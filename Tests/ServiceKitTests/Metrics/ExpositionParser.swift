/// A strict reader of Prometheus text format 0.0.4: it refuses whatever a scraper might refuse or take for something else.
///
/// It goes by bytes, since to a `Character` CR LF is one and `e` with an accent is several spellings of one.
struct ParsedExposition {
    struct Sample: Hashable {
        var name: String
        var labels: [String: String]
    }

    private(set) var types: [String: String] = [:]
    private(set) var familyNames: [String] = []
    private(set) var samples: [Sample: Double] = [:]
    /// In the order of the text.
    private(set) var order: [Sample] = []

    init(_ text: String) throws(ExpositionError) {
        guard text.utf8.last == UInt8(ascii: "\n") else { throw ExpositionError("no line feed at the end") }
        for line in text.utf8.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            do {
                try parseLine(Array(line))
            } catch {
                throw ExpositionError("\(error.reason) in \(String(decoding: line, as: UTF8.self))")
            }
        }
        guard familyNames == familyNames.sorted() else { throw ExpositionError("families are not sorted") }
        for name in familyNames {
            try checkFamily(name)
        }
    }

    /// The value of a sample, if it is there.
    subscript(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        samples[Sample(name: name, labels: labels)]
    }
}

struct ExpositionError: Error {
    var reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}

extension ParsedExposition {
    private mutating func parseLine(_ line: [UInt8]) throws(ExpositionError) {
        guard line.first == UInt8(ascii: "#") else {
            return try parseSample(line)
        }
        let words = String(decoding: line, as: UTF8.self).split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
        guard words.count == 4 else { throw ExpositionError("comment that is neither HELP nor TYPE") }
        switch words[1] {
        case "HELP":
            guard types[String(words[2])] == nil else { throw ExpositionError("HELP after TYPE") }
        case "TYPE":
            let name = String(words[2])
            guard Self.isName(name, colons: true) else { throw ExpositionError("invalid name") }
            guard ["counter", "gauge", "histogram"].contains(words[3]) else { throw ExpositionError("unknown type") }
            guard types.updateValue(String(words[3]), forKey: name) == nil else { throw ExpositionError("second TYPE") }
            familyNames.append(name)
        default:
            throw ExpositionError("comment that is neither HELP nor TYPE")
        }
    }

    private mutating func parseSample(_ line: [UInt8]) throws(ExpositionError) {
        var rest = line[...]
        let name = Self.take(from: &rest) { $0 != UInt8(ascii: "{") && $0 != UInt8(ascii: " ") }
        guard Self.isName(name, colons: true) else { throw ExpositionError("invalid name") }
        guard let family = familyNames.last, Self.sampleNames(of: family, type: types[family]).contains(name) else {
            throw ExpositionError("sample outside its family")
        }
        var labels: [String: String] = [:]
        if rest.first == UInt8(ascii: "{") {
            repeat {
                rest.removeFirst()
                try Self.parseLabel(from: &rest, into: &labels)
            } while rest.first == UInt8(ascii: ",")
            guard rest.popFirst() == UInt8(ascii: "}") else { throw ExpositionError("labels not closed") }
        }
        guard rest.popFirst() == UInt8(ascii: " ") else { throw ExpositionError("no space before the value") }
        let sample = Sample(name: name, labels: labels)
        let value = try Self.parseValue(String(decoding: rest, as: UTF8.self))
        guard samples.updateValue(value, forKey: sample) == nil else { throw ExpositionError("second sample of a series") }
        order.append(sample)
    }

    private static func parseLabel(
        from rest: inout ArraySlice<UInt8>, into labels: inout [String: String]
    ) throws(ExpositionError) {
        let name = take(from: &rest) { $0 != UInt8(ascii: "=") }
        guard isName(name, colons: false), !name.hasPrefix("__") else { throw ExpositionError("invalid label name") }
        guard rest.popFirst() == UInt8(ascii: "="), rest.popFirst() == UInt8(ascii: "\"") else {
            throw ExpositionError("label without a value")
        }
        var value: [UInt8] = []
        while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
            guard byte == UInt8(ascii: "\\") else {
                value.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "\\"): value.append(UInt8(ascii: "\\"))
            case UInt8(ascii: "\""): value.append(UInt8(ascii: "\""))
            case UInt8(ascii: "n"): value.append(UInt8(ascii: "\n"))
            default: throw ExpositionError("unknown escape")
            }
        }
        guard !value.isEmpty else { throw ExpositionError("empty label value") }
        guard labels.updateValue(String(decoding: value, as: UTF8.self), forKey: name) == nil else {
            throw ExpositionError("label twice")
        }
    }

    private static func parseValue(_ text: String) throws(ExpositionError) -> Double {
        switch text {
        case "+Inf": return .infinity
        case "-Inf": return -.infinity
        case "NaN": return .nan
        default:
            guard text.allSatisfy({ "0123456789+-.e".contains($0) }), let value = Double(text) else {
                throw ExpositionError("invalid value")
            }
            return value
        }
    }

    private static func take(from rest: inout ArraySlice<UInt8>, while predicate: (UInt8) -> Bool) -> String {
        let taken = rest.prefix(while: predicate)
        rest = rest[taken.endIndex...]
        return String(decoding: taken, as: UTF8.self)
    }

    private static func isName(_ name: String, colons: Bool) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
            default: colons && byte == UInt8(ascii: ":")
            }
        }
    }

    private static func sampleNames(of family: String, type: String?) -> [String] {
        type == "histogram" ? ["_bucket", "_sum", "_count"].map { family + $0 } : [family]
    }
}

extension ParsedExposition {
    /// What must hold between the samples of a family.
    private func checkFamily(_ name: String) throws(ExpositionError) {
        let type = types[name]
        let own = order.filter { Self.sampleNames(of: name, type: type).contains($0.name) }
        guard !own.isEmpty else { throw ExpositionError("\(name) has no samples") }
        switch type {
        case "counter":
            guard name.hasSuffix("_total"), own.allSatisfy({ samples[$0, default: -1] >= 0 }) else {
                throw ExpositionError("\(name) is no counter")
            }
        case "histogram":
            for labels in Set(own.map { $0.labels.filter { $0.key != "le" } }) {
                try checkHistogram(name, labels)
            }
        default:
            break
        }
    }

    private func checkHistogram(_ name: String, _ labels: [String: String]) throws(ExpositionError) {
        var bounds: [Double] = []
        var counts: [Double] = []
        for sample in order where sample.name == name + "_bucket" && sample.labels.filter({ $0.key != "le" }) == labels {
            guard let bound = sample.labels["le"], let count = samples[sample] else {
                throw ExpositionError("\(name) has a bucket without a bound")
            }
            bounds.append(try Self.parseValue(bound))
            counts.append(count)
        }
        guard bounds.last == .infinity, zip(bounds, bounds.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw ExpositionError("\(name) has bounds that do not ascend to infinity")
        }
        guard counts == counts.sorted(), counts.last == self[name + "_count", labels], self[name + "_sum", labels] != nil else {
            throw ExpositionError("\(name) does not add up")
        }
    }
}
