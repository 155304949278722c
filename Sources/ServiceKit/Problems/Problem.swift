public import HTTPTypes
public import Hummingbird
import Logging

/// An error as a client sees it: RFC 9457, `application/problem+json`.
///
/// It holds what the client can act on, and nothing of what lies behind: no stack, no text of Redis, no other's key.
public struct Problem: HTTPResponseError, ProblemConvertible {
    public let status: HTTPResponse.Status
    /// One sentence about this occurrence; for bad input it names the field.
    public let detail: String
    /// Further header fields of the response.
    public let headers: HTTPFields
    /// What the body tells beside.
    public let members: [(String, JSONText)]

    public var problem: Problem { self }

    /// - Parameter members: of other names than those that every problem has.
    public init(
        _ status: HTTPResponse.Status, _ detail: String, headers: HTTPFields = [:], members: [(String, JSONText)] = []
    ) {
        (self.status, self.detail, self.headers, self.members) = (status, detail, headers, members)
    }

    public static let contentType = "application/problem+json"

    /// The body of the response.
    public var text: String {
        let common: [(String, JSONText)] = [
            ("type", .string("about:blank")), ("title", .string(status.reasonPhrase)), ("status", .integer(status.code)),
            ("detail", .string(detail)),
        ]
        return JSONText.object(common + members).text
    }

    public func response(from request: Request, context: some RequestContext) -> Response {
        var headers = headers
        headers[.contentType] = Self.contentType
        let response = Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
        return request.method == .head ? response.createHeadResponse() : response
    }

    /// It is for somebody, and nobody asks.
    public static let noIdentity = Problem(
        .unauthorized, "This wants an identity: Authorization: Bearer with a token of a user.",
        headers: [.wwwAuthenticate: "Bearer"])

    /// No route matches, or nothing is meant by a path that one matches.
    public static var nothingHere: Problem { Problem(.notFound, "There is nothing at this path for this method.") }
}

/// An error of a system that can be told to a client.
public protocol ProblemConvertible: Error {
    var problem: Problem { get }
}

/// Makes a ``Problem`` of whatever a route throws.
public struct ProblemMiddleware<Context: RequestContext>: RouterMiddleware {
    public init() {}

    public func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            return problem(for: error, context).response(from: request, context: context)
        }
    }

    private func problem(for error: any Error, _ context: Context) -> Problem {
        switch error {
        case let error as any ProblemConvertible: return error.problem
        case let error as HTTPError where error.status == .notFound:
            return .nothingHere
        case let error as HTTPError:
            return Problem(error.status, error.body ?? error.status.reasonPhrase, headers: error.headers)
        default:
            context.logger.error("A request failed", metadata: ["error": "\(error)"])
            return Problem(.internalServerError, "The request failed; the server's log says why.")
        }
    }
}
