import Foundation
import HTTPTypes
import Hummingbird
import Synchronization
import Testing

@testable import ServiceKit

@Suite("The routes that every service has")
struct ServiceRoutesTests {
    private static let page = Page(
        html: Array("<!doctype html><title>ü</title>".utf8), scripts: ["a.js": Array("export {}".utf8), "b.js": []])

    private func answer(
        _ method: HTTPRequest.Method = .get, _ path: String, health: HealthChecks = HealthChecks([])
    ) async throws -> Answer {
        let parts = ServiceProcess.Parts(page: Self.page, health: health) { router in
            router.get("/own") { _, _ in Response.json(#"{"own":true}"#) }
        }
        return try await Answer(ServiceProcess.router(parts, PrometheusRegistry()), request(method, path))
    }

    @Test(
        "The page and what it needs come with their types",
        arguments: [
            ("/", "text/html; charset=utf-8", "<!doctype html><title>ü</title>"),
            ("/assets/a.js", "text/javascript; charset=utf-8", "export {}"),
            ("/assets/b.js", "text/javascript; charset=utf-8", ""),
        ])
    func page(path: String, type: String, text: String) async throws {
        let answer = try await answer(.get, path)
        #expect(answer.status == 200 && answer.headers[.contentType] == type && answer.text == text)
        #expect(answer.headers[.cacheControl] == "no-cache" && answer.headers[.xContentTypeOptions] == "nosniff")
    }

    @Test("A page may load nothing from elsewhere, run nothing inline, and stand in no frame")
    func contentSecurityPolicy() async throws {
        for path in ["/", "/assets/a.js", "/assets/groundwork.css"] {
            let policy = try #require(try await answer(.get, path).headers[.contentSecurityPolicy])
            let rules = policy.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
            #expect(
                rules.contains("default-src 'none'") && rules.contains("script-src 'self'") && rules.contains("style-src 'self'"))
            #expect(rules.contains("frame-ancestors 'none'") && rules.contains("base-uri 'none'"))
            #expect(!policy.contains("unsafe") && !policy.contains("*") && !policy.contains("http"))
        }
    }

    @Test("Where a page shows foreign images, images may come from elsewhere, and nothing else")
    func foreignImages() async throws {
        let page = Page(html: [], scripts: [:], showsForeignImages: true)
        let parts = ServiceProcess.Parts(page: page, health: HealthChecks([])) { _ in }
        let answer = try await Answer(ServiceProcess.router(parts, PrometheusRegistry()), request(.get, "/"))
        let policy = try #require(answer.headers[.contentSecurityPolicy])
        #expect(policy.contains("img-src 'self' data: http: https:;"))
        #expect(policy.components(separatedBy: "http").count == 3)
    }

    @Test("The style is there, and needs no network")
    func style() async throws {
        let style = try await answer(.get, "/assets/groundwork.css")
        #expect(style.status == 200 && style.headers[.contentType] == "text/css; charset=utf-8" && style.text.count > 500)
        #expect(!style.text.contains("http:") && !style.text.contains("https:") && !style.text.contains("@import"))
    }

    @Test("The module that pages import is there")
    func module() async throws {
        let module = try await answer(.get, "/assets/groundwork.js")
        #expect(module.status == 200 && module.headers[.contentType] == "text/javascript; charset=utf-8")
        #expect(module.text.contains("export async function ask("))
    }

    @Test(
        "What is not there is a problem",
        arguments: ["/assets/", "/assets/none.js", "/assets/../a.js", "/assets/a.js/b", "/index.html", "/health"])
    func nothingThere(path: String) async throws {
        let answer = try await answer(.get, path)
        #expect(answer.status == 404 && answer.headers[.contentType] == "application/problem+json")
    }

    @Test(
        "HEAD has what GET has, but for the body",
        arguments: ["/", "/assets/groundwork.css", "/health/live", "/health/ready", "/own", "/none"])
    func head(path: String) async throws {
        let (get, head) = (try await answer(.get, path), try await answer(.head, path))
        #expect(head.status == get.status && head.bytes.isEmpty)
        #expect(head.headers[.contentLength] == "\(get.bytes.count)" && head.headers[.contentType] == get.headers[.contentType])
    }

    @Test("It lives, is ready, and says why when it is not; then it is ready again")
    func health() async throws {
        let isBroken = Mutex(true)
        let health = HealthChecks([
            ("function", { if isBroken.withLock({ $0 }) { throw HealthFailure("does nothing, and says \"why\"") } })
        ])
        #expect(try await answer(.get, "/health/live", health: health).text == #"{"status":"live"}"#)
        for method in [HTTPRequest.Method.get, .head] {
            #expect(try await answer(method, "/health/ready", health: health).status == 503)
        }
        let broken = try await answer(.get, "/health/ready", health: health)
        #expect(broken.headers[.contentType] == "application/problem+json")
        #expect(broken.text.contains(#""detail":"function: does nothing, and says \"why\"""#))

        isBroken.withLock { $0 = false }
        let ready = try await answer(.get, "/health/ready", health: health)
        #expect(ready.status == 200 && ready.text == #"{"status":"ready"}"# && ready.headers[.contentType] == "application/json")
    }

    @Test("What a check reports stands with its name in readiness; a report that fails is a check that does")
    func reports() async throws {
        let isBroken = Mutex(false)
        let health = HealthChecks(
            [("function", {})],
            reports: [
                (
                    "queue",
                    {
                        if isBroken.withLock({ $0 }) { throw HealthFailure("7 waiting") }
                        return .object([("waiting", .integer(3))])
                    }
                ), ("more", { .bool(true) }),
            ])
        let ready = try await answer(.get, "/health/ready", health: health)
        #expect(ready.status == 200 && ready.text == #"{"status":"ready","queue":{"waiting":3},"more":true}"#)
        isBroken.withLock { $0 = true }
        let broken = try await answer(.get, "/health/ready", health: health)
        #expect(broken.status == 503 && broken.text.contains(#""detail":"queue: 7 waiting""#))
    }

    @Test("Metrics are Prometheus text")
    func metrics() async throws {
        let answer = try await answer(.get, "/metrics")
        #expect(answer.status == 200 && answer.headers[.contentType]?.hasPrefix("text/plain; version=0.0.4") == true)
        _ = try ParsedExposition(answer.text)
    }
}
