import struct Foundation.Data
import class Foundation.JSONDecoder

/// Where a JSON text holds numbers that are no integers of 64 bits.
///
/// Of 5.5 where an integer is wanted, `JSONDecoder` says that the text is not valid JSON, and not where it stands.
struct UnfitNumbers: Decodable {
    private var paths: [String] = []

    /// Reading a text this way costs far more than decoding it.
    private static let maximumLength = 32 << 10
    private static let maximumPaths = 8

    /// What is wrong with a body that could not be decoded, when the error does not say it.
    static func sentence(about body: Data, called name: String) -> String {
        guard body.count <= maximumLength else {
            return "One of the numbers in \(name.lowercased()) is out of range or no integer."
        }
        let paths = (try? JSONDecoder().decode(UnfitNumbers.self, from: body).paths) ?? []
        switch paths.count {
        case 0: return "One of the numbers in \(name.lowercased()) is out of range."
        case 1: return "\(paths[0]): this number is out of range or no integer."
        default:
            let some = paths.prefix(maximumPaths).joined(separator: ", ")
            return "\(some): one of these numbers is out of range or no integer."
        }
    }

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if (try? value.decode(Int.self)) != nil || (try? value.decode(String.self)) != nil { return }
        if value.decodeNil() || (try? value.decode(Bool.self)) != nil { return }
        if let members = try? decoder.container(keyedBy: Name.self) {
            for name in members.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
                paths += try members.decode(UnfitNumbers.self, forKey: name).paths
            }
        } else if var elements = try? decoder.unkeyedContainer() {
            while !elements.isAtEnd { paths += try elements.decode(UnfitNumbers.self).paths }
        } else {
            paths = [decoder.codingPath.pathText(of: "The whole")]
        }
    }

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

extension [any CodingKey] {
    /// Such as `checks[1].policy`.
    /// - Parameter name: of the whole.
    func pathText(of name: String) -> String {
        guard !isEmpty else { return name }
        return reduce(into: "") { path, key in
            if let index = key.intValue { path += "[\(index)]" } else { path += (path.isEmpty ? "" : ".") + key.stringValue }
        }
    }
}
