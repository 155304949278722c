public import Hummingbird
import HTTPTypes
public import RateLimiter

/// Limits a Hummingbird application's requests: refused ones are answered with 429 and never reach the routes.
///
/// ```swift
/// let limiter = RateLimiter(redis: redis)
/// router.add(middleware: RateLimitMiddleware(limiter, policy: "api") { request, context in
///     context.identity?.id ?? "anonymous"
/// })
/// // and `limiter` among the application's services
/// ```
///
/// The key is stored as it is, so a token or a password is none. A key that is too long is answered with 400.
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
    ///   - key: 1 to 512 bytes: hash what a stranger may make longer.
    public init(
        _ limiter: RateLimiter, policy: String, cost: @escaping @Sendable (Request) -> Int = { _ in 1 }, key: @escaping Key
    ) {
        (self.limiter, self.policy, self.cost, self.key) = (limiter, policy, cost, key)
    }

    public func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let key = key(request, context) else { return try await next(request, context) }
        let decision = try await check(RateLimitCheck(policy: policy, key: key, cost: cost(request)))
        let fields = RateLimitHeaders(decision).fields
        guard decision.allowed else { throw HTTPError(.tooManyRequests, headers: fields, message: "Too many requests.") }
        do {
            var response = try await next(request, context)
            for field in fields { response.headers[field.name] = field.value }
            return response
        } catch var error as HTTPError {
            for field in fields { error.headers[field.name] = field.value }
            throw error
        }
    }

    private func check(_ check: RateLimitCheck) async throws -> RateLimitDecision {
        do throws(RateLimiterError) {
            return try await limiter.check(check)
        } catch {
            // The key is what the client sent; all else that may be wrong is the application's.
            if case .invalidKey = error { throw HTTPError(.badRequest, message: error.description) }
            throw error
        }
    }
}
