import Foundation
import TestSupport
import Testing

/// Keys are 1 to 512 bytes of UTF-8, percent-encoded in a path, and told apart byte for byte.
@Suite(.service(.rateLimiter), .serialized)
struct KeyTests {
    @Test(arguments: [
        ("plain", "plain"),
        ("a+b", "a+b"), ("a%2Bb", "a+b"), ("a%2bb", "a+b"),
        ("a%20b", "a b"), ("a%2Fb", "a/b"), ("a%3Fb", "a?b"), ("a%25b", "a%b"), ("a%252Fb", "a%2Fb"), ("a%26b=c", "a&b=c"),
        ("user:42", "user:42"), ("192.0.2.1", "192.0.2.1"), ("%5B2001:db8::1%5D", "[2001:db8::1]"), ("a@b.c", "a@b.c"),
        ("%7Bcurly%7D", "{curly}"), ("..", ".."), ("%2E", "."), ("%00", "\\u0000"), ("%0D%0A", "\\r\\n"), ("%22%5C", "\\\"\\\\"),
        ("caf%C3%A9", "caf\u{E9}"), ("cafe%CC%81", "cafe\u{301}"), ("%F0%9F%90%88", "\u{1F408}"), ("%EF%BF%BD", "\u{FFFD}"),
        ("~!$&'()*,;=-_.", "~!$&'()*,;=-_."),
    ])
    func `a path names the same bucket as a body`(_ path: String, _ json: String) async throws {
        let service = try RunningService.shared
        let policy = "path-\(abs(path.hashValue))"
        try await service.put(policy, #""capacity":10,"refillTokens":1,"refillPeriodMs":3600000"#)
        #expect(try await service.post(policy, json, cost: 4).status == 200)
        let get = try await service.get(policy, path)
        #expect(get.status == 200)
        #expect(try get.json(CheckAnswerBody.self).remaining == 5, "\(get)")
        #expect(try await service.bucket(policy, path).remaining == 5)
        #expect(try await service.request("DELETE", "/v1/buckets/\(policy)/\(path)").status == 204)
        #expect(try await service.post(policy, json, cost: 10).status == 200, "full again")
    }

    @Test(arguments: [
        ("a+b", "a%20b"), ("a", "A"), ("a", "a%20"), ("caf%C3%A9", "cafe%CC%81"), ("a%2Fb", "a%252Fb"), ("a", "a%00"),
    ])
    func `keys that differ in a byte have buckets of their own`(_ one: String, _ other: String) async throws {
        let service = try RunningService.shared
        let policy = "apart-\(abs((one + other).hashValue))"
        try await service.put(policy, #""capacity":1,"refillPeriodMs":3600000"#)
        #expect(try await service.get(policy, one).status == 200)
        for _ in 0..<2 { #expect(try await service.get(policy, one).status == 429) }
        #expect(try await service.get(policy, other).status == 200)
    }

    @Test func `the same key under two policies, or of two algorithms, is two buckets`() async throws {
        let service = try RunningService.shared
        for policy in ["first", "second"] { try await service.put(policy, #""capacity":1,"refillPeriodMs":3600000"#) }
        #expect(try await service.get("first", "same").status == 200)
        #expect(try await service.get("second", "same").status == 200)
        try await service.put("first", #""algorithm":"sliding-window","capacity":1,"refillPeriodMs":3600000"#)
        #expect(try await service.get("first", "same").status == 200)
    }

    @Test func `512 bytes are a key, 513 and none are not`() async throws {
        let service = try RunningService.shared
        // Of two bytes each.
        let longest = String(repeating: "\u{E9}", count: 256)
        let encoded = String(repeating: "%C3%A9", count: 256)
        #expect(try await service.get("default", String(repeating: "k", count: 512)).status == 200)
        #expect(try await service.get("default", encoded).status == 200)
        #expect(try await service.post("default", longest).status == 200)
        #expect(try await service.bucket("default", encoded).remaining == 98)

        try expectProblem(try await service.get("default", String(repeating: "k", count: 513)), 400, "key", "512")
        try expectProblem(try await service.get("default", encoded + "k"), 400, "key")
        try expectProblem(try await service.post("default", longest + "k"), 400, "key")
        try expectProblem(try await service.post("default", ""), 400, "key")
        try expectProblem(try await service.post([("default", "a", 1), ("default", longest + "k", 1)]), 400, "key")
        for method in ["GET", "DELETE"] {
            try expectProblem(try await service.request(method, "/v1/buckets/default/" + encoded + "k"), 400, "key")
        }
    }

    @Test(arguments: ["%", "%4", "a%", "%GG", "%FF", "%C3", "%C3%28", "%ED%A0%80", "%C0%AF"])
    func `a path that is not percent-encoded UTF-8 is 400 and names the key`(_ path: String) async throws {
        let service = try RunningService.shared
        for prefix in ["/v1/check/default/", "/v1/buckets/default/"] {
            try expectProblem(try await service.request("GET", prefix + path), 400, "key")
        }
    }
}
