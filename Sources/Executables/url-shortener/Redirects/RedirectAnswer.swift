import HTTPTypes
import Hummingbird
import NIOCore
import ServiceKit
import URLShortener

/// Where a code leads, as HTTP says it. The hot path and the router write the same.
enum RedirectAnswer {
    /// - Parameter cacheControl: of the response.
    case found(url: String, cacheControl: String)
    case failed(Problem)

    var isVisit: Bool {
        if case .found = self { true } else { false }
    }

    static let noStore = "no-store"
    static let unknown = problem(.notFound, URLShortenerError.notFound.description)
    static let gone = problem(.gone, "The link has ended: it was deleted, has expired, or was visited as often as it may be.")
    static let unavailable = problem(.serviceUnavailable, "It cannot be told now where this link leads.")

    private static func problem(_ status: HTTPResponse.Status, _ detail: String) -> Problem {
        Problem(status, detail, headers: [.cacheControl: noStore])
    }
}
