import HTTPTypes
import NIOCore
import ServiceKit

/// The fields of `application/x-www-form-urlencoded` (WHATWG URL Standard). One that is empty was not filled in.
struct FormFields {
    private var values: [String: String] = [:]

    /// - Throws: ``Problem``: 400.
    init(_ body: ByteBuffer) throws {
        for field in body.readableBytesView.split(separator: UInt8(ascii: "&")) {
            let parts = field.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(parts[0]), let value = Self.decoded(parts.count == 2 ? parts[1] : []) else {
                throw Problem(.badRequest, "The body is no form in UTF-8.")
            }
            guard !value.isEmpty else { continue }
            guard values.updateValue(value, forKey: name) == nil else {
                throw Problem(.badRequest, "\(name): it stands there twice.")
            }
        }
    }

    subscript(name: String) -> String? { values[name] }

    /// - Throws: ``Problem``: 400 when it is no integer.
    func integer(_ name: String) throws -> Int? {
        guard let text = values[name] else { return nil }
        guard let integer = Int(text) else { throw Problem(.badRequest, "\(name): expected an integer.") }
        return integer
    }

    private static func decoded(_ bytes: ByteBufferView) -> String? {
        Array(bytes).map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }.withUnsafeBytes { percentDecoded($0) }
    }
}
