import TestSupport
import Testing

/// What is wrong with a request is said in one form, and names the field.
@Suite(.service(.rateLimiter), .serialized)
struct ProblemTests {
    @Test(arguments: [
        ("{", "JSON"), ("", "JSON"), ("[]", ""), ("null", ""), ("\"text\"", ""), ("{\"policy\":\"default\"", "JSON"),
        (#"{"key":"a"}"#, "policy"),
        (#"{"policy":"default"}"#, "key"),
        (#"{"policy":7,"key":"a"}"#, "policy"),
        (#"{"policy":"default","key":{}}"#, "key"),
        (#"{"policy":null,"key":"a"}"#, "policy"),
        (#"{"policy":"default","key":"a","cost":"1"}"#, "cost"),
        (#"{"policy":"default","key":"a","cost":1.5}"#, "cost"),
        (#"{"policy":"default","key":"a","cost":1e400}"#, ""),
        (#"{"policy":"default","key":"a","cost":99999999999999999999}"#, "cost"),
        (#"{"policy":"default","key":"a","cost":0}"#, "cost"),
        (#"{"policy":"default","key":"a","cost":-1}"#, "cost"),
        (#"{"policy":"default","key":"a","cost":101}"#, "cost"),
        (#"{"policy":"default","key":""}"#, "key"),
        (#"{"checks":{}}"#, "checks"),
        (#"{"checks":null}"#, "checks"),
        (#"{"checks":[]}"#, "checks"),
        (#"{"checks":[{"policy":"default","key":"a"},{"key":"a"}]}"#, "checks[1].policy"),
        (#"{"checks":[{"policy":"default","key":"a"},{"policy":"default","key":7}]}"#, "checks[1].key"),
        (#"{"checks":[{"policy":"default","key":"a","cost":0}]}"#, "cost"),
        (#"{"checks":[7]}"#, "checks[0]"),
        (#"{"checks":[{"policy":"default","key":"a"},{"policy":"default","key":"a","cost":1.5}]}"#, "checks[1].cost"),
    ])
    func `a body that is not in order is answered with 400 and the field's name`(_ body: String, _ word: String) async throws {
        let reply = try await RunningService.shared.request("POST", "/v1/check", body: body)
        try expectProblem(reply, 400, word)
    }

    @Test func `a body that is not UTF-8 is answered with 400`() async throws {
        let connection = try await RunningService.shared.connect()
        let body = Array(#"{"policy":"default","key":""#.utf8) + [0xFF, 0xC3] + Array(#""}"#.utf8)
        try await connection.send("POST /v1/check HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.count)\r\n\r\n")
        try await connection.send(body)
        try expectProblem(try await connection.reply(), 400)
    }

    @Test(arguments: [
        ("GET", "/nothing"), ("GET", "/v1"), ("GET", "/v1/check"), ("GET", "/v1/check/default"), ("GET", "/v1/check/default/"),
        ("GET", "/v1/check/default/a/b"), ("GET", "/v1/check//a"), ("GET", "/v1/policies/none"), ("DELETE", "/v1/policies/none"),
        ("GET", "/v1/buckets/none/a"), ("DELETE", "/v1/buckets/none/a"), ("GET", "/v1/forward-auth/none"),
        ("GET", "/v1/check/none/a"), ("GET", "/health"), ("GET", "/assets/none.js"), ("GET", "/../etc/passwd"),
    ])
    func `what is not there is answered with 404`(_ method: String, _ path: String) async throws {
        try expectProblem(try await RunningService.shared.request(method, path), 404)
    }

    @Test(arguments: [
        ("PUT", "/v1/check"), ("DELETE", "/v1/check"), ("POST", "/v1/policies"), ("POST", "/v1/policies/default"),
        ("PUT", "/v1/buckets/default/a"), ("POST", "/v1/check/default/a"), ("DELETE", "/health/live"), ("POST", "/metrics"),
        ("PROPFIND", "/v1/check"),
    ])
    func `a method that a path does not have is refused`(_ method: String, _ path: String) async throws {
        let reply = try await RunningService.shared.request(method, path, body: "{}")
        // The router knows paths and methods together: what it lacks is not there.
        try expectProblem(reply, reply.status == 405 ? 405 : 404, "method")
    }

    @Test func `a body over 1 MiB is answered with 413, however its length is told`() async throws {
        let service = try RunningService.shared
        let padding = String(repeating: " ", count: 1 << 20)
        let body = #"{"policy":"default","key":"large"}"# + padding
        for (method, path) in [("POST", "/v1/check"), ("PUT", "/v1/policies/large")] {
            let connection = try await service.connect()
            // The server may answer, and close, before it has read all.
            try? await connection.send(method, path, body: body)
            try expectProblem(try await connection.reply(), 413, "1048576")
        }
        let connection = try await service.connect()
        let chunk = String(body.utf8.count, radix: 16) + "\r\n" + body + "\r\n0\r\n\r\n"
        try? await connection.send("POST /v1/check HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk)
        try expectProblem(try await connection.reply(), 413, "1048576")

        let justFits = #"{"policy":"default","key":"large"}"# + padding.dropLast(34)
        #expect(justFits.utf8.count == 1 << 20)
        #expect(try await service.request("POST", "/v1/check", body: justFits).status == 200)
    }

    @Test func `a problem says nothing of what lies behind`() async throws {
        let service = try RunningService.shared
        for body in ["{", #"{"policy":"none","key":"secret-key"}"#, #"{"policy":"default","key":"secret-key","cost":0}"#] {
            let text = try await service.request("POST", "/v1/check", body: body).text
            for word in ["secret-key", "Swift", "Foundation", "redis.sock", "CodingKeys", "Error("] {
                #expect(!text.contains(word), "\(text)")
            }
        }
    }
}
