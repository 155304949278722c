import HTTPTypes
import Hummingbird
import NIOCore
import RateLimiter
import ServiceKit

/// `/v1/check`: one check or several, by body or by path.
struct CheckRoutes {
    let limiter: RateLimiter

    func add(to router: Router<ServiceRequestContext>) {
        router.post("/v1/check") { request, _ in
            var request = request
            switch try await request.decodeJSON(as: CheckBody.self) {
            case .one(let check): return CheckAnswer(try await limiter.check(check)).response()
            case .several(let checks): return VerdictAnswer(try await limiter.check(checks)).response()
            }
        }
        // The same as the hot path, for requests that are not plain.
        router.get("/v1/check/:policy/:key") { request, _ in
            CheckAnswer(try await limiter.check(request.check(behind: CheckHotPath.prefix))).response()
        }
    }
}

/// The body of `POST /v1/check`.
private enum CheckBody: Decodable {
    case one(RateLimitCheck)
    case several([RateLimitCheck])

    private enum Field: CodingKey { case checks }
    private struct Check: Decodable {
        let policy: String
        let key: String
        let cost: Int?

        var check: RateLimitCheck { RateLimitCheck(policy: policy, key: key, cost: cost ?? 1) }
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Field.self)
        if fields.contains(.checks) {
            self = .several(try fields.decode([Check].self, forKey: .checks).map(\.check))
        } else {
            self = .one(try Check(from: decoder).check)
        }
    }
}

/// The answer to several checks; its header fields speak of the tightest.
struct VerdictAnswer {
    let verdict: RateLimitVerdict

    init(_ verdict: RateLimitVerdict) {
        self.verdict = verdict
    }

    func response() -> Response {
        var body = ByteBuffer(string: verdict.allowed ? #"{"allowed":true,"results":["# : #"{"allowed":false,"results":["#)
        for (index, decision) in verdict.decisions.enumerated() {
            if index > 0 { body.writeStaticString(",") }
            CheckAnswer(decision).writeBody(to: &body)
        }
        body.writeStaticString("]}")
        return Response(
            status: verdict.allowed ? .ok : .tooManyRequests, headers: verdict.tightest.map { CheckAnswer($0).headers } ?? [:],
            body: .init(byteBuffer: body))
    }
}

extension Request {
    /// The check that the request's path and query ask for.
    func check(behind prefix: String) throws -> RateLimitCheck {
        let path = Array(uri.path.utf8.dropFirst(prefix.utf8.count))
        let query = uri.query.map { Array($0.utf8) }
        do {
            return try path.withUnsafeBytes { path in
                guard let query else { return try CheckTarget(path: path, query: nil).check }
                return try query.withUnsafeBytes { try CheckTarget(path: path, query: $0).check }
            }
        } catch let error as CheckTarget.Malformed {
            switch error {
            case .notATarget: throw Problem.nothingHere
            case .key: throw Problem(.badRequest, RateLimiterError.invalidKey.description)
            case .cost: throw Problem(.badRequest, "cost: an integer from 1 to the policy's capacity.")
            }
        }
    }
}
