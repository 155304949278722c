import TextCoding

/// How long numbers of a conversation mean what they meant: it is another one since Redis was found to have lost something.
///
/// A text `id@number`, the number being the first of it, and behind that the epochs before, the latest first.
public struct Epoch: Sendable, Hashable {
    public let text: String

    init(_ text: String) { self.text = text }

    /// The first number that is not known to whoever knew everything in an earlier epoch. 1 when that is none of those before.
    public func firstUnknown(to earlier: Epoch) -> Int {
        guard text != earlier.text else { return .max }
        let known = earlier.text.prefix { $0 != "@" }
        var first = Int.max
        for epoch in text.split(separator: ",") {
            let parts = epoch.split(separator: "@")
            guard parts.count == 2, let number = Int(parts[1]) else { return 1 }
            if parts[0] == known { return first }
            first = min(first, number)
        }
        return 1
    }

    /// An id for a new one.
    static func id() -> String {
        let number = UInt64.random(in: 0..<1 << 48)
        return Base64URL.encode((0..<6).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) })
    }
}

/// How far a conversation is.
public struct ConversationPosition: Sendable, Hashable {
    public let epoch: Epoch
    /// The number of its latest message.
    public let seq: Int
}
