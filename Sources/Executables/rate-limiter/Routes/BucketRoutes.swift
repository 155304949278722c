import HTTPTypes
import Hummingbird
import RateLimiter
import ServiceKit

/// `/v1/buckets/{policy}/{key}`: to look at a bucket without taking, and to make it full again.
struct BucketRoutes {
    let limiter: RateLimiter
    let credentials: Credentials

    private static let prefix = "/v1/buckets/"

    func add(to router: Router<ServiceRequestContext>) {
        router.get("/v1/buckets/:policy/:key") { request, _ in
            let check = try request.check(behind: Self.prefix)
            return CheckAnswer(try await limiter.peek(check)).response(status: .ok)
        }
        router.delete("/v1/buckets/:policy/:key") { request, _ in
            try await credentials.requireAdministration(request)
            let check = try request.check(behind: Self.prefix)
            try await limiter.reset(policy: check.policy, key: check.key)
            return Response(status: .noContent)
        }
    }
}
