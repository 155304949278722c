import TestSupport
import Testing

/// The answer to a check, as a client reads it.
struct CheckAnswerBody: Decodable, Equatable {
    var allowed: Bool
    var policy: String
    var limit: Int
    var remaining: Int
    var retryAfterMs: Int
    var resetAfterMs: Int
    var decidedBy: String
    var shadow: Bool?
    var wouldAllow: Bool?
}

struct VerdictBody: Decodable {
    var allowed: Bool
    var results: [CheckAnswerBody]
}

struct PolicyBody: Decodable, Equatable {
    var name: String
    var algorithm = "token-bucket"
    var capacity: Int
    var refillTokens: Int
    var refillPeriodMs: Int
    var onRedisFailure = "local"
    var shadow = false
}

struct PoliciesBody: Decodable {
    var policies: [PolicyBody]
}

extension RunningService {
    /// Writes a policy and expects that this is possible.
    func put(
        _ policy: String, _ fields: String, headers: [(String, String)] = [], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let reply = try await request("PUT", "/v1/policies/\(policy)", headers: headers, body: "{\(fields)}")
        try #require([200, 201].contains(reply.status), "\(reply)", sourceLocation: sourceLocation)
    }

    /// One check by `POST`.
    func post(_ policy: String, _ key: String, cost: Int? = nil) async throws -> HTTPReply {
        try await request("POST", "/v1/check", body: Self.checkBody(policy, key, cost))
    }

    /// Several checks in one call.
    func post(_ checks: [(policy: String, key: String, cost: Int?)]) async throws -> HTTPReply {
        let list = checks.map { Self.checkBody($0.policy, $0.key, $0.cost) }.joined(separator: ",")
        return try await request("POST", "/v1/check", body: #"{"checks":[\#(list)]}"#)
    }

    private static func checkBody(_ policy: String, _ key: String, _ cost: Int?) -> String {
        #"{"policy":"\#(policy)","key":"\#(key)""# + (cost.map { #","cost":\#($0)}"# } ?? "}")
    }

    /// One check on the hot path.
    func get(_ policy: String, _ key: String, cost: Int? = nil) async throws -> HTTPReply {
        try await request("GET", "/v1/check/\(policy)/\(key)" + (cost.map { "?cost=\($0)" } ?? ""))
    }

    /// What a bucket holds, without taking.
    func bucket(_ policy: String, _ key: String) async throws -> CheckAnswerBody {
        let reply = try await request("GET", "/v1/buckets/\(policy)/\(key)")
        guard reply.status == 200 else { throw UnexpectedReply(reply) }
        return try reply.json()
    }
}
