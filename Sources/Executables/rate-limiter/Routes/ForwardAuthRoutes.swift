import HTTPTypes
import Hummingbird
import RateLimiter
import ServiceKit

/// `/v1/forward-auth/{policy}?by=ip|header:NAME`: for proxies that ask before they let a request through.
struct ForwardAuthRoutes {
    let limiter: RateLimiter
    let proxies: TrustedProxies

    func add(to router: Router<ServiceRequestContext>) {
        for method in [HTTPRequest.Method.get, .post] {
            router.on("/v1/forward-auth/:policy", method: method) { request, context in
                let policy = try context.percentDecodedParameter("policy")
                let check = RateLimitCheck(policy: policy, key: try key(of: request, context))
                let answer = CheckAnswer(try await limiter.check(check))
                // Some proxies pass nothing on but 401 and 403.
                let isForbidden = !answer.decision.allowed && request.uri.queryParameters["deny"] == "403"
                return answer.response(status: isForbidden ? .forbidden : nil)
            }
        }
    }

    private func key(of request: Request, _ context: ServiceRequestContext) throws -> String {
        let by = request.uri.queryParameters["by"].map(String.init) ?? "ip"
        if by == "ip" {
            guard let address = proxies.client(of: request, context) else {
                throw Problem(.badRequest, "by: this connection has no address.")
            }
            return address.description
        }
        guard by.hasPrefix("header:"), let name = HTTPField.Name(String(by.dropFirst("header:".count))) else {
            throw Problem(.badRequest, "by: ip, or header:NAME.")
        }
        let value = name.canonicalName == "host" ? request.head.authority : request.headers[name]
        guard let value, !value.isEmpty else {
            throw Problem(.badRequest, "\(name.rawName): this header field is missing, and the limit goes by it.")
        }
        // Bytes that are no UTF-8 have become replacement characters, in which different values are alike.
        guard !value.unicodeScalars.contains("\u{FFFD}") else {
            throw Problem(.badRequest, "\(name.rawName): this header field is not UTF-8.")
        }
        return value
    }
}
