import TestSupport
import Testing

/// `/v1/policies`: what limits there are, and to change them.
@Suite(.service(.rateLimiter), .serialized)
struct PolicyTests {
    @Test func `a policy is written, read, changed and deleted`() async throws {
        let service = try RunningService.shared
        try expectProblem(try await service.request("GET", "/v1/policies/life"), 404, "life")
        try expectProblem(try await service.get("life", "a"), 404, "life")

        let created = try await service.request("PUT", "/v1/policies/life", body: #"{"capacity":5,"refillPeriodMs":60000}"#)
        #expect(created.status == 201)
        #expect(created["Content-Type"] == "application/json")
        let filled = PolicyBody(name: "life", capacity: 5, refillTokens: 5, refillPeriodMs: 60_000)
        #expect(try created.json() == filled)
        #expect(try await service.request("GET", "/v1/policies/life").json() == filled)
        #expect(try await service.get("life", "a").json(CheckAnswerBody.self).limit == 5)

        let all = """
            {"name":"life","algorithm":"sliding-window","capacity":7,"refillTokens":3,"refillPeriodMs":1000,\
            "onRedisFailure":"deny","shadow":true}
            """
        let changed = try await service.request("PUT", "/v1/policies/life", body: all)
        #expect(changed.status == 200)
        let expected = PolicyBody(
            name: "life", algorithm: "sliding-window", capacity: 7, refillTokens: 3, refillPeriodMs: 1000,
            onRedisFailure: "deny", shadow: true)
        #expect(try changed.json() == expected)
        let again = try await service.request("PUT", "/v1/policies/life", body: all)
        #expect(again.status == 200)
        let list: PoliciesBody = try await service.request("GET", "/v1/policies").json()
        #expect(list.policies.contains(expected))
        #expect(list.policies.map(\.name) == list.policies.map(\.name).sorted())

        let deleted = try await service.request("DELETE", "/v1/policies/life")
        #expect(deleted.status == 204 && deleted.body.isEmpty)
        try expectProblem(try await service.request("GET", "/v1/policies/life"), 404)
        try expectProblem(try await service.request("DELETE", "/v1/policies/life"), 404)
        try expectProblem(try await service.get("life", "a"), 404)
        try expectProblem(try await service.post("life", "a"), 404)
        try expectProblem(try await service.request("GET", "/v1/forward-auth/life"), 404)
    }

    @Test func `default always exists, and deleting it restores it`() async throws {
        let service = try RunningService.shared
        let original = PolicyBody(name: "default", capacity: 100, refillTokens: 100, refillPeriodMs: 60_000)
        func current() async throws -> PolicyBody { try await service.request("GET", "/v1/policies/default").json() }
        #expect(try await current() == original)
        for _ in 0..<2 {
            let reply = try await service.request(
                "PUT", "/v1/policies/default", body: #"{"capacity":3,"refillPeriodMs":1000}"#)
            #expect(reply.status == 200, "it was there before")
            #expect(try await service.get("default", "a").json(CheckAnswerBody.self).limit == 3)
            #expect(try await service.request("DELETE", "/v1/policies/default").status == 204)
            #expect(try await current() == original)
            #expect(try await service.get("default", "a").json(CheckAnswerBody.self).limit == 100)
        }
        #expect(try await service.request("DELETE", "/v1/policies/default").status == 204, "also when nothing has changed it")
        #expect(try await current() == original)
        let list: PoliciesBody = try await service.request("GET", "/v1/policies").json()
        #expect(list.policies.count { $0.name == "default" } == 1)
    }

    @Test func `a change counts at once, also for keys that were refused before`() async throws {
        let service = try RunningService.shared
        try await service.put("grows", #""capacity":2,"refillPeriodMs":3600000"#)
        #expect(try await service.get("grows", "a", cost: 2).status == 200)
        try await eventually("refused from memory") {
            try await service.get("grows", "a").json(CheckAnswerBody.self).decidedBy == "memory"
        }
        try await service.put("grows", #""capacity":5,"refillPeriodMs":3600000"#)
        let answer: CheckAnswerBody = try await service.get("grows", "a").json()
        // What was taken stays taken.
        #expect(answer.allowed && answer.limit == 5 && answer.remaining == 2, "\(answer)")
        try await service.put("grows", #""capacity":1,"refillPeriodMs":3600000"#)
        #expect(try await service.get("grows", "a").status == 429)
    }

    @Test(arguments: [
        "a", "Z", "0", ".", "-", "_", "a.b-c_d", "..", String(repeating: "n", count: 64),
    ])
    func `a name of 1 to 64 letters, digits, dots, underscores and hyphens`(_ name: String) async throws {
        let service = try RunningService.shared
        let body = #"{"name":"\#(name)","capacity":1,"refillPeriodMs":1000}"#
        let reply = try await service.request("PUT", "/v1/policies/\(name)", body: body)
        #expect(reply.status == 201, "\(reply)")
        #expect(try await service.request("GET", "/v1/policies/\(name)").json(PolicyBody.self).name == name)
        #expect(try await service.get(name, "a")["RateLimit-Policy"] == "\"\(name)\";q=1;w=1")
        #expect(try await service.request("DELETE", "/v1/policies/\(name)").status == 204)
    }

    @Test(arguments: [
        String(repeating: "n", count: 65), "a%20b", "a%2Fb", "a%22b", "%C3%A9", "a+b", "a:b", "%00", "a%0D%0Ab",
    ])
    func `any other name is refused, and named`(_ name: String) async throws {
        let service = try RunningService.shared
        let body = #"{"capacity":1,"refillPeriodMs":1000}"#
        try expectProblem(try await service.request("PUT", "/v1/policies/\(name)", body: body), 400, "name")
        try expectProblem(try await service.request("GET", "/v1/policies/\(name)"), 404)
    }

    @Test(arguments: [
        ("{}", "capacity"), ("{", "JSON"), ("[]", ""), ("null", ""),
        (#"{"capacity":1}"#, "refillPeriodMs"), (#"{"refillPeriodMs":1000}"#, "capacity"),
        (#"{"capacity":0,"refillPeriodMs":1000}"#, "capacity"), (#"{"capacity":-1,"refillPeriodMs":1000}"#, "capacity"),
        (#"{"capacity":67108865,"refillPeriodMs":1000}"#, "capacity"), (#"{"capacity":"5","refillPeriodMs":1000}"#, "capacity"),
        (#"{"capacity":1.5,"refillPeriodMs":1000}"#, "capacity"), (#"{"capacity":null,"refillPeriodMs":1000}"#, "capacity"),
        (#"{"capacity":99999999999999999999,"refillPeriodMs":1}"#, "capacity"),
        (#"{"capacity":100001,"refillPeriodMs":1000,"algorithm":"sliding-window"}"#, "capacity"),
        (#"{"capacity":1,"refillPeriodMs":0}"#, "refillPeriodMs"), (#"{"capacity":1,"refillPeriodMs":true}"#, "refillPeriodMs"),
        (#"{"capacity":1,"refillPeriodMs":31622400001}"#, "refillPeriodMs"),
        (#"{"capacity":1,"refillPeriodMs":1000,"refillTokens":0}"#, "refillTokens"),
        (#"{"capacity":1,"refillPeriodMs":1000,"refillTokens":"1"}"#, "refillTokens"),
        (#"{"capacity":67108864,"refillPeriodMs":31622400000,"refillTokens":1}"#, "refillTokens"),
        (#"{"capacity":1,"refillPeriodMs":1000,"algorithm":"leaky-bucket"}"#, "algorithm"),
        (#"{"capacity":1,"refillPeriodMs":1000,"algorithm":1}"#, "algorithm"),
        (#"{"capacity":1,"refillPeriodMs":1000,"onRedisFailure":"maybe"}"#, "onRedisFailure"),
        (#"{"capacity":1,"refillPeriodMs":1000,"shadow":"yes"}"#, "shadow"),
        (#"{"capacity":1,"refillPeriodMs":1000,"shadow":1}"#, "shadow"),
        (#"{"capacity":1,"refillPeriodMs":1000,"burst":5}"#, "burst"),
        (#"{"capacity":1,"refillPeriodMs":1000,"name":"another"}"#, "name"),
        (#"{"capacity":1,"refillPeriodMs":1000,"name":7}"#, "name"),
    ])
    func `a field that is not in order is named, and nothing is written`(_ body: String, _ field: String) async throws {
        let service = try RunningService.shared
        try expectProblem(try await service.request("PUT", "/v1/policies/invalid", body: body), 400, field)
        try expectProblem(try await service.request("GET", "/v1/policies/invalid"), 404)
    }

    @Test(arguments: [
        #"{"capacity":67108864,"refillPeriodMs":1}"#, #"{"capacity":1,"refillPeriodMs":31622400000}"#,
        #"{"capacity":100000,"refillPeriodMs":1000,"algorithm":"sliding-window"}"#,
        #"{"capacity":1,"refillTokens":67108864,"refillPeriodMs":31622400000}"#,
    ])
    func `the extremes are in order`(_ body: String) async throws {
        let service = try RunningService.shared
        let written = try await service.request("PUT", "/v1/policies/extreme", body: body)
        #expect([200, 201].contains(written.status), "\(written)")
        let capacity = try written.json(PolicyBody.self).capacity
        let key = "key-\(abs(body.hashValue))"
        #expect(try await service.get("extreme", key, cost: capacity).status == 200)
        let answer: CheckAnswerBody = try await service.post("extreme", key + "-b").json()
        #expect(answer.allowed && answer.limit == capacity && answer.remaining == capacity - 1)
    }
}
