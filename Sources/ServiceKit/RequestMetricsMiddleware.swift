import Hummingbird
import Metrics

/// Count and duration of routed requests, by route (never by path, which a stranger chooses), method and status.
struct RequestMetricsMiddleware<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let response = try await next(request, context)
        let dimensions = [
            ("method", String(describing: request.method)), ("route", context.endpointPath ?? "none"),
            ("status", String(response.status.code)),
        ]
        Timer(label: "http_request_duration", dimensions: dimensions).recordNanoseconds((ContinuousClock.now - start).nanoseconds)
        return response
    }
}

extension Duration {
    fileprivate var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
