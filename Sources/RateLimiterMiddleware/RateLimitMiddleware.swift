public import Hummingbird
import HTTPTypes
public import RateLimiter

/// Limits a Hummingbird application's requests: refused ones are answered with 429 and never reach the routes.
///
/// ```swift
/// let limiter = RateLimiter(redis: redis)
/// router.add(middleware: RateLimitMiddleware(limiter, policy: "api") { request, context in
///     request.headers[.authorization]
/// })
/// // and `limiter` among the application's services
/// ```
///
/// Every response carries `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-11), a refused one
/// `Retry-After`, in seconds rounded up.
public struct RateLimitMiddleware<Context: RequestContext>: RouterMiddleware {
    /// Whom a request counts for; nil: it is not limited.
    public typealias Key = @Sendable (Request, Context) -> String?

    private let limiter: RateLimiter
    private let policy: String
    private let cost: @Sendable (Request) -> Int
    private let key: Key

    /// - Parameters:
    ///   - policy: the name of a policy of the limiter.
    ///   - cost: what a request takes, 1 to the policy's capacity.
    ///   - key: 1 to 512 bytes. More are an error: hash what a stranger may make long.
    public init(
        _ limiter: RateLimiter, policy: String, cost: @escaping @Sendable (Request) -> Int = { _ in 1 }, key: @escaping Key
    ) {
        (self.limiter, self.policy, self.cost, self.key) = (limiter, policy, cost, key)
    }

    public func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let key = key(request, context) else { return try await next(request, context) }
        let decision = try await limiter.check(RateLimitCheck(policy: policy, key: key, cost: cost(request)))
        let headers = RateLimitHeaders(decision)
        guard decision.allowed else { throw HTTPError(.tooManyRequests, headers: headers.fields, message: "Too many requests.") }
        var response = try await next(request, context)
        for field in headers.fields { response.headers[field.name] = field.value }
        return response
    }
}
