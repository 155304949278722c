/// The words of an event's line, one after the other.
struct EventLine {
    private var rest: ArraySlice<UInt8>?

    init(_ line: ArraySlice<UInt8>) { rest = line }

    var isAtEnd: Bool { rest == nil }

    mutating func next() -> String? { nextBytes().flatMap { String(validating: $0, as: UTF8.self) } }

    /// Not negative.
    mutating func nextNumber() -> Int? {
        guard let word = nextBytes(), (1...18).contains(word.count) else { return nil }
        var number = 0
        for byte in word {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return number
    }

    mutating func nextFlag() -> Bool? {
        switch nextNumber() {
        case 0: false
        case 1: true
        default: nil
        }
    }

    mutating func nextUser() -> UserName? { nextBytes().flatMap { UserName(encoded: $0) } }

    mutating func nextConversation() -> ConversationID? { next().flatMap { ConversationID($0) } }

    mutating func nextPlace() -> (ConversationID, Audience)? {
        guard let conversation = nextConversation(), let word = nextBytes(),
            let audience = Audience(encoded: word, of: conversation)
        else { return nil }
        return (conversation, audience)
    }

    mutating func nextPosition() -> ConversationPosition? {
        guard let epoch = next(), !epoch.isEmpty, let seq = nextNumber() else { return nil }
        return ConversationPosition(epoch: Epoch(epoch), seq: seq)
    }

    private mutating func nextBytes() -> ArraySlice<UInt8>? {
        guard let line = rest else { return nil }
        guard let end = line.firstIndex(of: UInt8(ascii: " ")) else {
            rest = nil
            return line
        }
        rest = line[(end + 1)...]
        return line[..<end]
    }
}
