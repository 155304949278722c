/// The name of a rider or a driver as it lies in Redis: plain characters and percent-encoded bytes, so that it can stand in keys,
/// lists and lines. Names are compared byte by byte.
struct UserName: Sendable, Hashable {
    static let maximumLength = 512

    let encoded: String

    /// - Throws: ``RideHailingError/invalidUser``.
    init(_ name: String) throws(RideHailingError) {
        guard (1...Self.maximumLength).contains(name.utf8.count) else { throw .invalidUser }
        if name.utf8.allSatisfy(Self.isPlain) {
            encoded = name
        } else {
            encoded = name.utf8.reduce(into: "") { text, byte in
                if Self.isPlain(byte) {
                    text.unicodeScalars.append(Unicode.Scalar(byte))
                } else {
                    text += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
                }
            }
        }
    }

    private init(encoded: String) { self.encoded = encoded }

    /// - Returns: nil when it is no encoded name.
    init?(validating encoded: String) {
        guard Self.decode(encoded) != nil else { return nil }
        self.init(encoded: encoded)
    }

    /// - Returns: nil when it is no encoded name.
    static func decode(_ encoded: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = encoded.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                    return nil
                }
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                guard isPlain(byte) else { return nil }
                bytes.append(byte)
            }
        }
        return bytes.isEmpty ? nil : String(validating: bytes, as: UTF8.self)
    }

    /// What a matcher does, rather than a person. No name is encoded so.
    static let matcher = UserName(encoded: "*")

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
