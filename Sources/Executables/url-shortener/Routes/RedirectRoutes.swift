import HTTPTypes
import Hummingbird
import QRCode
import ServiceKit
import URLShortener

/// `/{id}` for requests that are not plain, its QR code, and its preview.
struct RedirectRoutes {
    let shortener: URLShortener
    let address: PublicAddress
    let answers: RedirectAnswers
    let visitors: Visitors

    func add(to router: Router<ServiceRequestContext>) {
        router.get("/:id") { request, context in try await redirect(request, context, isVisit: true) }
        router.head("/:id") { request, context in try await redirect(request, context, isVisit: false) }
        router.get("/:id/qr.svg") { request, context in
            let id = try await existing(context).id
            let shortURL = address.shortURL(of: id, request, context)
            return Page.response(try QRCode(text: shortURL).svg(title: shortURL), contentType: "image/svg+xml")
        }
        router.get("/:id/preview") { request, context in
            let (id, record) = try await existing(context)
            return Page.response(
                PreviewPage(id: id, record: record, shortURL: address.shortURL(of: id, request, context)).html)
        }
    }

    private func redirect(_ request: Request, _ context: ServiceRequestContext, isVisit: Bool) async throws -> Response {
        let id = try context.percentDecodedParameter("id")
        let redirection: Result<Redirection, URLShortenerError>
        do { redirection = .success(try await shortener.redirection(of: id, isVisit: isVisit)) } catch {
            redirection = .failure(error)
        }
        switch answers.answer(redirection) {
        case .failed(let problem): throw problem
        case .found(let url, let cacheControl):
            if isVisit { shortener.countVisit(of: id, by: visitors.visitor(of: request, context)) }
            return Response(status: .found, headers: [.location: url, .cacheControl: cacheControl])
        }
    }

    private func existing(_ context: ServiceRequestContext) async throws -> (id: String, record: LinkRecord) {
        let id = try context.percentDecodedParameter("id")
        switch try await shortener.redirection(of: id, isVisit: false) {
        case .link(let record): return (id, record)
        case .gone: throw RedirectAnswer.gone
        case .unknown: throw RedirectAnswer.unknown
        }
    }
}
