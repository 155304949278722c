import TestSupport
import Testing

/// What is wrong with a post is said, and names the field.
@Suite(.service(.newsFeed), .serialized)
struct PostProblemTests {
    @Test(arguments: [
        ("{", "JSON"), ("", "JSON"), ("[]", ""), ("null", ""), ("7", ""), (#"{"text":"a""#, "JSON"), ("{}", "text"),
        (#"{"text":null}"#, "text"), (#"{"text":7}"#, "text"), (#"{"text":["a"]}"#, "text"), (#"{"text":""}"#, "text"),
        (#"{"mediaUrls":[]}"#, "text"), (#"{"text":"a","mediaUrls":"https://a.example"}"#, "mediaUrls"),
        (#"{"text":"a","mediaUrls":[7]}"#, "mediaUrls"), (#"{"text":"a","mediaUrls":[null]}"#, "mediaUrls"),
        (#"{"text":"a","mediaUrls":[""]}"#, "mediaUrls"), (#"{"text":"a","mediaUrls":["example.org"]}"#, "mediaUrls"),
        (#"{"text":"a","mediaUrls":["javascript:alert(1)"]}"#, "mediaUrls"),
        (#"{"text":"a","mediaUrls":["https://"]}"#, "mediaUrls"), (#"{"text":"a","mediaUrls":["http://a b/"]}"#, "mediaUrls"),
        (#"{"text":"a","mediaUrls":["http://a/\n"]}"#, "mediaUrls"), (#"{"text":"\uD800"}"#, "JSON"),
    ])
    func `a body that is not in order`(_ body: String, _ word: String) async throws {
        try expectProblem(try await RunningService.shared.ask("POST", "/v1/posts", as: "ann", body), 400, word)
    }

    @Test(arguments: ["a", "\u{E9}", "\u{1F600}", "\u{0}", "\"", "e\u{301}"])
    func `4,000 characters are a post, and one more is none`(_ character: String) async throws {
        let service = try RunningService.shared
        let text = String(repeating: character, count: 4000 / character.unicodeScalars.count)
        let accepted = try await service.post("talker", text)
        let post: PostBody = try await service.part("/v1/posts/\(accepted.id)", as: "talker")
        #expect(post.text.utf8.elementsEqual(text.utf8))
        try expectProblem(try await service.ask("POST", "/v1/posts", as: "talker", newPost(text + "x")), 400, "text")
        let comment = try await service.ask("POST", "/v1/posts/\(accepted.id)/comments", as: "talker", newPost(text))
        #expect(comment.status == 201)
    }

    @Test func `10 URLs of 2,048 bytes are as much as there may be`() async throws {
        let service = try RunningService.shared
        let longest = "https://a.example/" + String(repeating: "x", count: 2048 - 18)
        func body(_ urls: [String]) throws -> String {
            try newPost("text", #""mediaUrls":[\#(urls.map { "\"\($0)\"" }.joined(separator: ","))]"#)
        }
        let most = try await service.ask("POST", "/v1/posts", as: "ann", body([String](repeating: longest, count: 10)))
        #expect(most.status == 202, "\(most)")
        for urls in [[String](repeating: "https://a.example/", count: 11), [longest + "x"]] {
            try expectProblem(try await service.ask("POST", "/v1/posts", as: "ann", body(urls)), 400, "mediaUrls")
        }
        let without = try await service.ask("POST", "/v1/posts", as: "ann", #"{"text":"a","mediaUrls":null,"more":{}}"#)
        #expect(without.status == 202, "\(without)")
    }

    @Test(arguments: ["", "\u{E9}", String(repeating: "k", count: 256), "a\tb"])
    func `a key that is none`(_ key: String) async throws {
        let service = try RunningService.shared
        let headers = [("Idempotency-Key", key)]
        let reply = try await service.ask("POST", "/v1/posts", as: "ann", newPost("a"), headers: headers)
        try expectProblem(reply, 400, "Idempotency-Key")
    }

    @Test func `a body that is too large is 413`() async throws {
        let connection = try await RunningService.shared.connect()
        // The server may answer, and close, before it has read all.
        let body = #"{"text":"a"\#(String(repeating: " ", count: 2 << 20))}"#
        try? await connection.send("POST", "/v1/posts", headers: user("ann"), body: body)
        try expectProblem(try await connection.reply(), 413)
    }

    @Test func `a name of more than 512 bytes is nobody's`() async throws {
        let service = try RunningService.shared
        let (long, longer) = (String(repeating: "n", count: 512), String(repeating: "n", count: 513))
        _ = try await service.post(long)
        try await service.follow("ann", long)
        for (method, target, name, body) in [
            ("POST", "/v1/posts", longer, #"{"text":"a"}"#), ("GET", "/v1/feed", longer, nil),
            ("PUT", "/v1/users/ann/following/\(longer)", "ann", nil), ("GET", "/v1/users/\(longer)/posts", "ann", nil),
            ("GET", "/v1/users/\(longer)/followers", "ann", nil), ("GET", "/v1/users/\(longer)/following", "ann", nil),
        ] {
            try expectProblem(try await service.ask(method, target, as: name, body), 400, "user")
        }
    }
}
