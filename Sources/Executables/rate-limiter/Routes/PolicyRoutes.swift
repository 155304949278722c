import HTTPTypes
import Hummingbird
import RateLimiter
import ServiceKit

import class Foundation.JSONEncoder

/// `/v1/policies`: what limits there are. To change them is for the administration.
struct PolicyRoutes {
    let limiter: RateLimiter
    let credentials: Credentials

    func add(to router: Router<ServiceRequestContext>) {
        router.get("/v1/policies") { _, _ in try Response.json(["policies": limiter.policies]) }
        router.get("/v1/policies/:name") { _, context in
            let name = try context.percentDecodedParameter("name")
            return try Response.json(try limiter.policy(named: name))
        }
        router.put("/v1/policies/:name") { request, context in
            try await credentials.requireAdministration(request)
            var request = request
            let name = try context.percentDecodedParameter("name")
            let policy = try await request.decodeJSON(as: RateLimitPolicy.Draft.self).policy(named: name)
            let isNew = try await limiter.put(policy)
            return try Response.json(policy, status: isNew ? .created : .ok)
        }
        router.delete("/v1/policies/:name") { request, context in
            try await credentials.requireAdministration(request)
            let name = try context.percentDecodedParameter("name")
            try await limiter.deletePolicy(named: name)
            return Response(status: .noContent)
        }
    }
}

extension Response {
    fileprivate static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return .json(String(decoding: try encoder.encode(value), as: UTF8.self), status: status)
    }
}
