import Terminal

/// Which fields of a logged request say whose limit it counts against.
public struct ReplayKey: Sendable, Hashable, Codable, CustomStringConvertible {
    /// A field of the common or combined log format.
    public enum Field: String, Sendable, Hashable, Codable, CaseIterable {
        case ip, user, method, path, referer, agent
    }

    /// One or more different fields.
    public let fields: [Field]

    static let longestKey = 512

    /// Reads a field (`ip`) or a combination (`ip+path`).
    ///
    /// - Throws: ``ReplayError`` with ``ReplayError/Code/invalidKey``.
    public init(parsing text: String) throws(ReplayError) {
        var fields: [Field] = []
        for name in text.split(separator: "+", omittingEmptySubsequences: false) {
            guard let field = Field(rawValue: String(name)), !fields.contains(field) else {
                let known = Field.allCases.map(\.rawValue).joined(separator: ", ")
                throw ReplayError(
                    .invalidKey,
                    "Requests have no \"\(text.visible(limit: 60))\" in a log: use one of \(known), or several joined by +.")
            }
            fields.append(field)
        }
        self.fields = fields
    }

    /// The key as the command line takes it: `ip+path`.
    public var description: String { fields.map(\.rawValue).joined(separator: "+") }

    /// The key of a request; nil when the log has none of the fields for it.
    ///
    /// Values are joined by a line feed, which cannot occur inside a line, so that different requests never share a key.
    func value(for line: AccessLogLine) -> String? {
        let values = fields.map { line.value(of: $0) }
        guard values.contains(where: { $0 != nil }) else { return nil }
        return Self.shortened(values.map { $0.map { String(decoding: $0, as: UTF8.self) } ?? "-" }.joined(separator: "\n"))
    }

    /// Long keys keep their beginning, followed by a hash of the whole, so that no line makes the tables of keys grow much.
    private static func shortened(_ key: String) -> String {
        guard key.utf8.count > longestKey else { return key }
        let hash = key.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }  // FNV-1a
        var end = key.utf8.index(key.utf8.startIndex, offsetBy: longestKey - 24)
        while key.utf8[end] & 0b1100_0000 == 0b1000_0000 {  // inside a character
            end = key.utf8.index(before: end)
        }
        return key[..<end] + "…#" + String(hash, radix: 16)
    }
}

extension AccessLogLine {
    /// The bytes of a field; nil when the log has none, or the dash that stands for none.
    fileprivate func value(of field: ReplayKey.Field) -> ArraySlice<UInt8>? {
        let bytes: ArraySlice<UInt8>? =
            switch field {
            case .ip: host
            case .user: user
            case .method: method
            case .path: path
            case .referer: referer
            case .agent: agent
            }
        guard let bytes, !bytes.isEmpty, !bytes.elementsEqual("-".utf8) else { return nil }
        return bytes
    }
}
