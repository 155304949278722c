import TestSupport
import Testing

/// Who says something that cannot be understood is told so, and stays.
@Suite(.service(.chat, "--send-limit", "off"), .serialized)
struct MalformedFrameTests {
    struct Mistake: CustomTestStringConvertible, Sendable {
        let frame: String
        /// What the detail names.
        let field: String
        /// What the error repeats.
        var id: String?
        var testDescription: String { String(frame.prefix(80)) }

        init(_ frame: String, _ field: String = "", id: String? = nil) {
            (self.frame, self.field, self.id) = (frame, field, id)
        }
    }

    static let mistakes: [Mistake] = [
        Mistake(""), Mistake("nonsense"), Mistake("{"), Mistake("[]"), Mistake("\"send\""), Mistake("1"), Mistake("null"),
        Mistake("{} {}"), Mistake(#"{"type":"typing","to":{"user":"bob"}} x"#), Mistake("{'type':'typing'}"),
        Mistake(#"{"type":"send","id":"s","to":{"user":"bob"},"text":"\uD800"}"#), Mistake("\u{FEFF}{}"),
        Mistake(String(repeating: "[", count: 10_000)), Mistake(String(repeating: #"{"type":"#, count: 2_000)),
        Mistake("{}", "type"), Mistake(#"{"type":null}"#, "type"), Mistake(#"{"type":7}"#, "type"),
        Mistake(#"{"type":"nope"}"#, "type"), Mistake(#"{"type":"SEND"}"#, "type"), Mistake(#"{"type":"welcome"}"#, "type"),
        Mistake(#"{"type":"send","to":{"user":"bob"},"text":"t"}"#, "id"),
        Mistake(#"{"type":"send","id":7,"to":{"user":"bob"},"text":"t"}"#, "id"),
        Mistake(#"{"type":"send","id":"","to":{"user":"bob"},"text":"t"}"#, "id", id: ""),
        Mistake(
            #"{"type":"send","id":"\#(String(repeating: "i", count: 129))","to":{"user":"bob"},"text":"t"}"#, "id",
            id: String(repeating: "i", count: 129)),
        Mistake(#"{"type":"send","id":"s","text":"t"}"#, "to", id: "s"),
        Mistake(#"{"type":"send","id":"s","to":{},"text":"t"}"#, "to", id: "s"),
        Mistake(#"{"type":"send","id":"s","to":"bob","text":"t"}"#, "to", id: "s"),
        Mistake(#"{"type":"send","id":"s","to":{"user":"bob","group":"g"},"text":"t"}"#, "to", id: "s"),
        Mistake(#"{"type":"send","id":"s","to":{"user":7},"text":"t"}"#, "user", id: "s"),
        Mistake(#"{"type":"send","id":"s","to":{"user":""},"text":"t"}"#, "user", id: "s"),
        Mistake(#"{"type":"send","id":"s","to":{"user":"\#(String(repeating: "u", count: 257))"},"text":"t"}"#, "user", id: "s"),
        Mistake(#"{"type":"send","id":"s","to":{"group":""},"text":"t"}"#, "group", id: "s"),
        Mistake(#"{"type":"send","id":"s","to":{"group":"a b"},"text":"t"}"#, "group", id: "s"),
        Mistake(#"{"type":"send","id":"s","to":{"group":"there-is-none"},"text":"t"}"#, "", id: "s"),
        Mistake(#"{"type":"send","id":"s","to":{"user":"bob"}}"#, "text", id: "s"),
        Mistake(#"{"type":"send","id":"s","to":{"user":"bob"},"text":7}"#, "text", id: "s"),
        Mistake(#"{"type":"send","id":"s","to":{"user":"bob"},"text":null}"#, "text", id: "s"),
        Mistake(#"{"type":"send","id":"s","to":{"user":"bob"},"text":""}"#, "text", id: "s"),
        Mistake(#"{"type":"received","seq":1}"#, "conversation"),
        Mistake(#"{"type":"received","conversation":7,"seq":1}"#, "conversation"),
        Mistake(#"{"type":"received","conversation":"no such thing","seq":1}"#, "conversation"),
        Mistake(#"{"type":"received","conversation":"CONVERSATION"}"#, "seq"),
        Mistake(#"{"type":"received","conversation":"CONVERSATION","seq":"1"}"#, "seq"),
        Mistake(#"{"type":"received","conversation":"CONVERSATION","seq":-1}"#, "seq"),
        Mistake(#"{"type":"received","conversation":"CONVERSATION","seq":1.5}"#, "seq"),
        Mistake(#"{"type":"received","conversation":"CONVERSATION","seq":1e300}"#, "seq"),
        Mistake(#"{"type":"received","conversation":"CONVERSATION","seq":99999999999999999999}"#, "seq"),
        Mistake(#"{"type":"read","seq":1}"#, "conversation"), Mistake(#"{"type":"read","conversation":"CONVERSATION"}"#, "seq"),
        Mistake(#"{"type":"read","conversation":"CONVERSATION","seq":-9223372036854775808}"#, "seq"),
        Mistake(#"{"type":"sync","after":0,"limit":10}"#, "conversation"),
        Mistake(#"{"type":"sync","conversation":"CONVERSATION","after":"0","limit":10}"#, "after"),
        Mistake(#"{"type":"sync","conversation":"CONVERSATION","after":-1,"limit":10}"#, "after"),
        Mistake(#"{"type":"sync","conversation":"CONVERSATION","after":0,"limit":0}"#, "limit"),
        Mistake(#"{"type":"sync","conversation":"CONVERSATION","after":0,"limit":201}"#, "limit"),
        Mistake(#"{"type":"sync","conversation":"CONVERSATION","after":0,"limit":true}"#, "limit"),
        Mistake(#"{"type":"sync","conversation":"group.there-is-none","after":0,"limit":10}"#, ""),
        Mistake(#"{"type":"typing"}"#, "to"), Mistake(#"{"type":"typing","to":{"user":""}}"#, "user"),
        Mistake(#"{"type":"typing","to":{"group":"there-is-none"}}"#, ""),
        Mistake(#"{"type":"watch"}"#, "users"), Mistake(#"{"type":"watch","users":"bob"}"#, "users"),
        Mistake(#"{"type":"watch","users":[7]}"#, "users"), Mistake(#"{"type":"watch","users":["bob",null]}"#, "users"),
        Mistake(#"{"type":"watch","users":[""]}"#, "user"),
    ]

    @Test(arguments: mistakes)
    func `a frame that is not in order is answered with an error`(_ mistake: Mistake) async throws {
        let service = try RunningService.shared
        let ann = try await ChatClient.join(service, as: fresh("ann"))
        let bob = fresh("bob")
        let conversation = try #require(try await ann.send("first", to: .user(bob)).conversation)
        try await ann.socket.send(mistake.frame.replacing("CONVERSATION", with: conversation))
        let error = try await ann.next("error")
        #expect(error.code?.isEmpty == false && error.id == mistake.id, "\(error)")
        #expect(error.detail?.isEmpty == false && error.detail?.contains(mistake.field) != false, "\(error)")
        // Nothing came of it, and the connection is as good as before.
        #expect(try await ann.send("second", to: .user(bob)).seq == 2)
        #expect(try await ann.settles().isEmpty)
        #expect(try await service.conversations(of: ann.user).map(\.lastSeq) == [2])
    }

    @Test func `errors come in order, one for each, and names of nobody's making are nothing to it`() async throws {
        let ann = try await ChatClient.join(try .shared, as: fresh("ann"))
        for round in 0..<300 {
            try await ann.socket.send(round % 2 == 0 ? "x" : #"{"type":"send","id":"\#(round)"}"#)
        }
        for round in 0..<300 {
            #expect(try await ann.next("error").id == (round % 2 == 0 ? nil : "\(round)"))
        }
        // What is unknown is not looked at.
        try await ann.socket.send(
            #"{"more":[{"type":1}],"type":"send","id":"s","to":{"user":"\#(ann.user)","x":null},"text":"t","seq":"x"}"#)
        #expect(try await ann.next("sent").id == "s")
    }
}
