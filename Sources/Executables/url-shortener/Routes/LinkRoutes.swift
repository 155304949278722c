import HTTPTypes
import Hummingbird
import ServiceKit
import URLShortener

/// `/v1/links`: links after their creation, and how often they were visited.
struct LinkRoutes {
    let shortener: URLShortener
    let address: PublicAddress
    let callers: Callers

    func add(to router: Router<ServiceRequestContext>) {
        router.get("/v1/links", use: list)
        router.get("/v1/links/:id") { request, context in
            let id = try context.percentDecodedParameter("id")
            let link = try await shortener.link(id)
            // What has ended is for those who may bring it back.
            if try await !callers.caller(of: request, context).requester.owns(link.record),
                case .gone = try await shortener.redirection(of: id, isVisit: false)
            {
                throw RedirectAnswer.gone
            }
            return answer(link, request, context)
        }
        router.patch("/v1/links/:id") { request, context in
            var request = request
            let id = try context.percentDecodedParameter("id")
            let requester = try await owner(request, context)
            let change = try await request.decodeJSON(as: ChangeBody.self).change
            let link = try await shortener.change(id, change, by: requester, ownHosts: address.ownHosts(request, context))
            return answer(link, request, context)
        }
        router.delete("/v1/links/:id") { request, context in
            try await shortener.delete(try context.percentDecodedParameter("id"), by: try await owner(request, context))
            return Response(status: .noContent)
        }
        router.get("/v1/links/:id/stats") { request, context in
            let caller = try await callers.caller(of: request, context)
            do {
                let id = try context.percentDecodedParameter("id")
                let statistics = try await shortener.statistics(of: id, for: caller.requester)
                return Response.json(statistics.json.text)
            } catch URLShortenerError.notOwner where caller.requester == .anonymous {
                throw Problem.noIdentity
            }
        }
    }

    private func answer(_ link: Link, _ request: Request, _ context: ServiceRequestContext) -> Response {
        .json(JSONText.object(link.members(shortURL: address.shortURL(of: link.code, request, context))).text)
    }

    /// Who changes or deletes a link: anybody but nobody.
    private func owner(_ request: Request, _ context: ServiceRequestContext) async throws -> Requester {
        let requester = try await callers.caller(of: request, context).requester
        guard requester != .anonymous else { throw Problem.noIdentity }
        return requester
    }

    @Sendable private func list(_ request: Request, _ context: ServiceRequestContext) async throws -> Response {
        let parameters = request.uri.queryParameters
        guard let user = try await callers.caller(of: request, context).user else { throw Problem.noIdentity }
        guard ["me", nil].contains(parameters["owner"]) else { throw Problem(.badRequest, "owner: only me.") }
        let limit = try parameters["limit"].map { text in
            guard let limit = Int(text) else { throw URLShortenerError.invalidLimit }
            return limit
        }
        let cursor = parameters["cursor"].flatMap { $0.isEmpty ? nil : String($0) }
        let page = try await shortener.links(of: user, after: cursor, limit: limit ?? 100)
        let links = page.links.map { link in
            JSONText.object(link.members(shortURL: address.shortURL(of: link.code, request, context)))
        }
        return .json(
            JSONText.object([
                ("links", .array(links)), ("nextCursor", page.nextCursor.map { .string($0) } ?? .null),
            ]).text)
    }
}
