import HTTPTypes
import Hummingbird
import RateLimiter
import RateLimiterMiddleware
import Redis
import Synchronization
import TestSupport
import Testing

/// `RateLimitMiddleware` in an application of somebody else.
struct MiddlewareTests {
    @Test func `so many pass as the policy says, then 429 before any route, each with headers`() async throws {
        let reached = Counter()
        let policy = try RateLimitPolicy(name: "api", capacity: 3, refillPeriodMs: 3_600_000)
        try await withApplication(policy) { router, limiter in
            router.add(middleware: RateLimitMiddleware(limiter, policy: "api") { _, _ in "everyone" })
            router.get("/") { _, _ in
                reached.increment()
                return "hello"
            }
        } body: { connection in
            for remaining in [2, 1, 0] {
                let reply = try await connection.request("GET", "/")
                #expect(reply.status == 200 && reply.text == "hello")
                #expect(reply["RateLimit-Policy"] == #""api";q=3;w=3600"#)
                #expect(reply["RateLimit"]?.hasPrefix("\"api\";r=\(remaining);t=") == true, "\(reply)")
                #expect(reply["Retry-After"] == nil)
            }
            for _ in 0..<3 {
                let reply = try await connection.request("GET", "/")
                #expect(reply.status == 429)
                #expect(reply["RateLimit-Policy"] == #""api";q=3;w=3600"#)
                #expect(reply["RateLimit"]?.hasPrefix(#""api";r=0;t="#) == true)
                let seconds = try #require(reply["Retry-After"].flatMap { Int($0) })
                #expect((1100...1200).contains(seconds))
            }
        }
        #expect(reached.value == 3)
    }

    @Test func `an error of a route carries the headers too, and a key that is too long is the client's mistake`() async throws {
        let policy = try RateLimitPolicy(name: "errors", capacity: 3, refillPeriodMs: 3_600_000)
        try await withApplication(policy) { router, limiter in
            router.add(
                middleware: RateLimitMiddleware(limiter, policy: "errors") { request, _ in request.headers[.userAgent] ?? "nobody"
                })
            router.get("/") { _, _ -> String in throw HTTPError(.conflict) }
        } body: { connection in
            let conflict = try await connection.request("GET", "/")
            #expect(conflict.status == 409)
            #expect(conflict["RateLimit-Policy"] == #""errors";q=3;w=3600"#)
            #expect(conflict["RateLimit"]?.hasPrefix(#""errors";r=2;t="#) == true, "\(conflict)")
            #expect(try await connection.request("GET", "/nowhere")["RateLimit"]?.hasPrefix(#""errors";r=1;t="#) == true)
            let long = [("User-Agent", String(repeating: "k", count: 513))]
            #expect(try await connection.request("GET", "/", headers: long).status == 400)
        }
    }

    @Test func `the key says for whom, none is not limited, and the cost says how much`() async throws {
        let policy = try RateLimitPolicy(name: "keys", capacity: 4, refillPeriodMs: 3_600_000)
        try await withApplication(policy) { router, limiter in
            router.add(
                middleware: RateLimitMiddleware(limiter, policy: "keys", cost: { $0.method == .post ? 3 : 1 }) { request, _ in
                    request.headers[.authorization]
                })
            router.get("/") { _, _ in "hello" }
            router.post("/") { _, _ in "hello" }
        } body: { connection in
            func ask(_ method: String, _ who: String?) async throws -> HTTPReply {
                try await connection.request(method, "/", headers: who.map { [("Authorization", $0)] } ?? [], body: "")
            }
            #expect(try await ask("POST", "alice").status == 200)
            #expect(try await ask("POST", "alice").status == 429)
            #expect(try await ask("GET", "alice").status == 200)
            #expect(try await ask("GET", "alice").status == 429)
            #expect(try await ask("POST", "bob").status == 200)
            for _ in 0..<6 {
                let reply = try await ask("POST", nil)
                #expect(reply.status == 200 && reply["RateLimit"] == nil && reply["RateLimit-Policy"] == nil)
            }
        }
    }

    @Test func `a shadow policy lets pass`() async throws {
        let policy = try RateLimitPolicy(name: "watch", capacity: 1, refillPeriodMs: 3_600_000, shadow: true)
        try await withApplication(policy) { router, limiter in
            router.add(middleware: RateLimitMiddleware(limiter, policy: "watch") { _, _ in "everyone" })
            router.get("/") { _, _ in "hello" }
        } body: { connection in
            for _ in 0..<4 {
                let reply = try await connection.request("GET", "/")
                #expect(reply.status == 200 && reply["Retry-After"] == nil)
                #expect(reply["RateLimit"]?.hasPrefix(#""watch";r=0;t="#) == true, "\(reply)")
            }
        }
    }

    private final class Counter: Sendable {
        private let count = Atomic(0)
        var value: Int { count.load(ordering: .relaxed) }
        func increment() { count.wrappingAdd(1, ordering: .relaxed) }
    }

    /// Runs an application with a limiter on a Redis of its own, and lends a connection to it.
    private func withApplication(
        _ policy: RateLimitPolicy, routes: (Router<BasicRequestContext>, RateLimiter) -> Void,
        body: (HTTPConnection) async throws -> Void
    ) async throws {
        try await withRedis { _, redis in
            var configuration = RateLimiter.Configuration()
            configuration.policies = [policy]
            // Redis is there; a busy machine may make it late.
            configuration.redisDeadline = .seconds(10)
            let limiter = RateLimiter(redis: redis, configuration: configuration)
            let router = Router()
            routes(router, limiter)
            let (ports, port) = AsyncStream.makeStream(of: Int.self)
            var application = Application(
                router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { port.yield($0.localAddress?.port ?? 0) })
            application.addServices(limiter)
            let running = Task { [application] in try await application.run() }
            do {
                let port = try #require(await ports.first { _ in true })
                try await body(try await HTTPConnection.open(port: port))
                running.cancel()
                _ = await running.result
            } catch {
                running.cancel()
                _ = await running.result
                throw error
            }
        }
    }
}
