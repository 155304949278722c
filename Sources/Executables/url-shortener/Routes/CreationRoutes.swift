import HTTPTypes
import Hummingbird
import ServiceKit
import URLShortener

/// `POST /shorten` and `POST /v1/links/batch`.
struct CreationRoutes {
    let shortener: URLShortener
    let address: PublicAddress
    let callers: Callers
    /// nil: no limit.
    let limit: CreationLimit?

    func add(to router: Router<ServiceRequestContext>) {
        router.post("/shorten", use: shorten)
        router.post("/v1/links/batch", use: shortenMany)
    }

    @Sendable private func shorten(_ request: Request, _ context: ServiceRequestContext) async throws -> Response {
        var request = request
        let caller = try await callers.caller(of: request, context)
        let body = try await LinkBody.read(&request)
        let key = try request.headers[.idempotencyKey].map { try IdempotencyKey($0, of: caller.scope) }
        let new = body.link(owner: caller.user)
        // Who repeats a request, perhaps because he was too fast, is not charged again.
        if let key, let link = try await shortener.created(new, idempotencyKey: key) {
            return answer(link, [:], request, context)
        }
        let headers = try await limit?.charge(1, to: caller) ?? [:]
        let link = try await shortener.create(new, idempotencyKey: key, ownHosts: address.ownHosts(request, context))
        return answer(link, headers, request, context)
    }

    private func answer(
        _ link: Link, _ headers: HTTPFields, _ request: Request, _ context: ServiceRequestContext
    ) -> Response {
        var headers = headers
        let shortURL = address.shortURL(of: link.code, request, context)
        headers[.location] = shortURL
        return .json(JSONText.object(link.members(shortURL: shortURL)).text, status: .created, headers: headers)
    }

    @Sendable private func shortenMany(_ request: Request, _ context: ServiceRequestContext) async throws -> Response {
        var request = request
        let caller = try await callers.caller(of: request, context)
        guard request.headers[.idempotencyKey] == nil else {
            throw Problem(.badRequest, "Idempotency-Key: not for a batch; give its links aliases to repeat it safely.")
        }
        let elements = try await request.decodeJSON(as: BatchBody.self, upTo: BatchBody.maximumLength).links
        guard (1...BatchBody.maximumLinks).contains(elements.count) else {
            throw Problem(.badRequest, "links: 1 to \(BatchBody.maximumLinks) of them.")
        }
        let headers = try await limit?.charge(elements.count, to: caller) ?? [:]
        let readable = elements.compactMap { try? $0.link.get().link(owner: caller.user) }
        var created = await shortener.create(readable, ownHosts: address.ownHosts(request, context))[...]
        let results = elements.map { element -> JSONText in
            switch element.link {
            case .failure(let error): return Self.failure(error)
            case .success:
                switch created.removeFirst() {
                case .failure(let error): return Self.failure(error)
                case .success(let link):
                    let members = link.members(shortURL: address.shortURL(of: link.code, request, context))
                    return .object([("status", .integer(201))] + members)
                }
            }
        }
        return .json(JSONText.object([("results", .array(results))]).text, headers: headers)
    }

    private static func failure(_ error: any Error) -> JSONText {
        let problem = (error as? any ProblemConvertible)?.problem
        let detail = problem?.detail ?? (error as? DecodingError)?.sentence ?? "This is no link."
        return .object([("status", .integer((problem?.status ?? .badRequest).code)), ("detail", .string(detail))])
    }
}

extension HTTPField.Name {
    fileprivate static let idempotencyKey = known("Idempotency-Key")
}
