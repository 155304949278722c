import TestSupport
import Testing

@testable import Chat

@Suite("Events between servers")
struct ServerEventTests {
    private func any(_ random: inout SeededGenerator) -> ServerEvent {
        let names = ["ann", "ben", "Zoë", "a b,c", "*", "-", "100%", "{x}", "\u{0}\n", String(repeating: "é", count: 128)].map {
            UserName($0)
        }
        let (one, other) = (random.pick(names), random.pick(names))
        let group = random.pick(["g1", "-", "A.b_c-9"] as [GroupID])
        let isPair = Bool.random(using: &random)
        let conversation = isPair ? ConversationID.pair(one, other) : .group(group)
        let audience = isPair ? Audience.pair(of: one, and: other) : .group(group)
        let position = ConversationPosition(epoch: Epoch("abc@7,def@1"), seq: Int.random(in: 1...(1 << 50), using: &random))
        let number = Int.random(in: 0...(1 << 50), using: &random)
        let text = random.pick(["", "hello", "two\nlines", "\u{0} 🙂", String(repeating: "x", count: 20_000)])
        let content: ServerEvent.Content =
            switch Int.random(in: 0..<8, using: &random) {
            case 0:
                .message(
                    MessageEvent(
                        conversation: conversation, audience: audience, position: position, at: 1_795_262_400_000,
                        isRepeat: Bool.random(using: &random), origin: random.pick([nil, "a-_9"]), from: one,
                        id: random.pick(["1", "ä\n", " "]), text: text))
            case 1:
                .receipt(
                    ReceiptEvent(
                        conversation: conversation, audience: audience, origin: random.pick([nil, "c"]), user: other,
                        received: number, read: 0))
            case 2: .reset(ResetEvent(conversation: conversation, audience: audience, position: position))
            case 3: .joined(group, one, random.pick([nil, position]))
            case 4: .left(group, one)
            case 5: .typing(TypingEvent(conversation: conversation, audience: audience, from: one))
            case 6: .presence(PresenceEvent(user: one, isOnline: Bool.random(using: &random), lastSeenAt: random.pick([nil, 5])))
            default: .beat
            }
        return ServerEvent(number: number, content)
    }

    @Test("Written and read, they are the same")
    func roundTrip() {
        var random = SeededGenerator()
        for _ in 0..<2000 {
            let event = any(&random)
            #expect(ServerEvent(decoding: event.encoded) == event, "\(random)")
        }
    }

    @Test("Any bytes are read or refused; what is read is written in the same way")
    func hostile() {
        var random = SeededGenerator()
        for _ in 0..<5000 {
            var bytes = any(&random).encoded
            for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
                let index = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &random)
                case 1: bytes.remove(at: index)
                case 2: bytes.insert(random.pick([0x20, 0x0A, 0x25, 0x2C, 0x39, 0x2D]), at: index)
                default: bytes.removeLast(bytes.count - index)
                }
            }
            guard let event = ServerEvent(decoding: bytes) else { continue }
            #expect(ServerEvent(decoding: event.encoded) == event, "\(random)")
        }
        for text in [
            "", "\n", "1\n", "1 1\n", "1 1 beat", "2 1 beat\n", "1 1 beat \n", "1 1 beat\nx", "1 -1 beat\n", "1  beat\n",
        ] {
            #expect(ServerEvent(decoding: Array(text.utf8)) == nil, "\(text)")
        }
        #expect(ServerEvent(decoding: Array("1 99999999999999999999 beat\n".utf8)) == nil)
    }
}
