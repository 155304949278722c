import TestSupport
import Testing

/// Methods and paths that nobody asks for on purpose.
@Suite(.service(.chat), .serialized)
struct SameAnswerTests {
    @Test func `HEAD has what GET has, but for the body`() async throws {
        let service = try RunningService.shared
        try await service.createGroup("g", ["bob"], owner: "ann")
        for target in [
            "/", "/health/live", "/v1/groups/g", "/v1/groups/none", "/v1/conversations", "/v1/conversations/group.g/messages",
            "/v1/conversations/group.g/receipts", "/v1/presence?users=bob", "/v1/presence", "/v1/nothing",
        ] {
            let connection = try await service.connect()
            let get = try await connection.request("GET", target, headers: [("X-User-ID", "ann")])
            let head = try await connection.request("HEAD", target, headers: [("X-User-ID", "ann")])
            #expect(head.status == get.status && head.body.isEmpty, "\(target): \(head)")
            #expect(head["Content-Type"] == get["Content-Type"] && head["Content-Length"] == get["Content-Length"], "\(target)")
        }
    }

    @Test(arguments: [
        ("OPTIONS", "/v1/groups"), ("PATCH", "/v1/groups/g"), ("GET", "/v1/groups"), ("POST", "/v1/conversations"),
        ("GET", "/v1"), ("GET", "/v1/conversations/x"), ("PUT", "/v1/groups/g"), ("GET", "/v1/groups/g/members"),
        ("GET", "/v1/groups/g/members/bob"), ("GET", "/v1/ws/x"), ("POST", "/v1/groups/g/members/bob"),
    ])
    func `what there is not is 404, as a problem`(_ method: String, _ target: String) async throws {
        try expectProblem(try await RunningService.shared.ask(method, target, as: "ann", method == "GET" ? nil : "{}"), 404)
    }

    @Test func `there is a page`() async throws {
        let reply = try await RunningService.shared.request("GET", "/")
        #expect(reply.status == 200 && reply["Content-Type"] == "text/html; charset=utf-8" && !reply.body.isEmpty)
    }

    @Test func `a body may be so large, and a name so long`() async throws {
        let service = try RunningService.shared
        let large = #"{"id":"g","members":[],"more":"\#(String(repeating: "x", count: 40 << 20))"}"#
        try expectProblem(try await service.ask("POST", "/v1/groups", as: "ann", large), 413)
        let name = String(repeating: "n", count: 257)
        try expectProblem(try await service.ask("PUT", "/v1/groups/g/members/\(name)", as: "ann"), 400)
    }

    @Test func `there are metrics of connections and messages`() async throws {
        let service = try RunningService.shared
        let ann = try await ChatClient.join(service, as: "ann")
        let bob = try await ChatClient.join(service, as: "bob")
        try await ann.send(to: .user("bob"))
        try await ann.leave()
        _ = try await bob.next("message")
        try await eventually("they say so") {
            let metrics = try await service.metrics()
            return metrics.value("chat_connections") == 1 && metrics.value("chat_messages_appended_total") == 1
                && metrics.value("chat_messages_delivered_total") ?? 0 >= 1
        }
    }
}
