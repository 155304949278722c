import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Testing

@testable import ServiceKit

@Suite("Errors as a client sees them")
struct ProblemTests {
    private struct Told: ProblemConvertible {
        var problem: Problem { Problem(.conflict, "told", headers: [.retryAfter: "7"]) }
    }
    private struct Secret: Error, CustomStringConvertible {
        var description: String { "WRONGTYPE of key other-tenant" }
    }

    /// The answer of a router one of whose routes throws this error.
    private func answer(_ method: HTTPRequest.Method = .get, _ path: String = "/x", throwing error: any Error) async throws
        -> Answer
    {
        let router = Router(context: ServiceRequestContext.self)
        router.add(middleware: ProblemMiddleware())
        router.on("/x", method: method) { _, _ -> Response in throw error }
        return try await Answer(router, request(method, path))
    }

    @Test("A problem is the four members of RFC 9457, in a type of its own")
    func form() async throws {
        let answer = try await answer(throwing: Problem(.unauthorized, "Who?", headers: [.wwwAuthenticate: "Bearer"]))
        #expect(answer.status == 401)
        #expect(answer.headers[.contentType] == "application/problem+json" && answer.headers[.wwwAuthenticate] == "Bearer")
        #expect(answer.text == #"{"type":"about:blank","title":"Unauthorized","status":401,"detail":"Who?"}"#)
    }

    @Test("A detail that holds what a stranger wrote stays one text")
    func hostileDetail() async throws {
        let detail = "\"}, \u{0}\r\n\u{1B}[2J</script>ü\u{2028}\\"
        let answer = try await answer(throwing: Problem(.badRequest, detail))
        let members = try #require(try JSONSerialization.jsonObject(with: Data(answer.text.utf8)) as? [String: Any])
        #expect(members["detail"] as? String == detail && members.count == 4)
    }

    @Test("An error that can be told is told")
    func told() async throws {
        let answer = try await answer(throwing: Told())
        #expect(answer.status == 409 && answer.text.contains(#""detail":"told""#) && answer.headers[.retryAfter] == "7")
    }

    @Test("Of any other error nothing is told")
    func untold() async throws {
        let answer = try await answer(throwing: Secret())
        #expect(answer.status == 500 && answer.headers[.contentType] == "application/problem+json")
        #expect(!answer.text.contains("WRONGTYPE") && !answer.text.contains("tenant") && !answer.text.contains("Secret"))
    }

    @Test("The framework's errors are problems too")
    func framework() async throws {
        let spoken = try await answer(throwing: HTTPError(.contentTooLarge, headers: [.connection: "close"], message: "too much"))
        #expect(spoken.status == 413 && spoken.text.contains(#""detail":"too much""#) && spoken.headers[.connection] == "close")
        let silent = try await answer(throwing: HTTPError(.badRequest))
        #expect(silent.status == 400 && silent.text.contains(#""detail":"Bad Request""#))
    }

    @Test(
        "A path or a method without a route: 404",
        arguments: [("/none", HTTPRequest.Method.get), ("/x", .delete), ("/x/y", .get), ("/", .get)])
    func nothingThere(path: String, method: HTTPRequest.Method) async throws {
        let router = Router(context: ServiceRequestContext.self)
        router.add(middleware: ProblemMiddleware())
        router.get("/x") { _, _ in Response.json("{}") }
        let answer = try await Answer(router, request(method, path))
        #expect(answer.status == 404 && answer.headers[.contentType] == "application/problem+json")
        #expect(answer.text.contains("There is nothing at this path for this method."))
    }

    @Test("To HEAD a problem has no body, and the length that it would have")
    func head() async throws {
        let get = try await answer(throwing: Told())
        let head = try await answer(.head, throwing: Told())
        #expect(head.status == 409 && head.text.isEmpty && head.headers[.contentType] == "application/problem+json")
        #expect(head.headers[.contentLength] == "\(get.text.utf8.count)")
    }
}
