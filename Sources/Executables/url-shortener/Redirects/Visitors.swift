import HTTPTypes
import Hummingbird
import ServiceKit
import URLShortener

/// Reads from requests who follows a link.
struct Visitors: Sendable {
    private let proxies: TrustedProxies
    private let country: HTTPField.Name?
    private let countryInLowerCase: String?

    /// - Parameter countryHeader: in which a proxy says where the client is.
    init(proxies: TrustedProxies, countryHeader: HTTPField.Name?) {
        (self.proxies, country) = (proxies, countryHeader)
        countryInLowerCase = countryHeader?.canonicalName
    }

    func visitor(of request: HotPathRequest) -> Visitor {
        Visitor(
            address: proxies.client(of: request)?.description, userAgent: request.fields["user-agent"],
            referrer: request.fields["referer"], country: countryInLowerCase.flatMap { request.fields[$0] })
    }

    func visitor(of request: Request, _ context: ServiceRequestContext) -> Visitor {
        Visitor(
            address: proxies.client(of: request, context)?.description, userAgent: request.headers[.userAgent],
            referrer: request.headers[.referer], country: country.flatMap { request.headers[$0] })
    }
}
