import Metrics
import URLShortener

/// Makes answers of where links lead, and counts them.
struct RedirectAnswers: Sendable {
    /// nil: nobody may keep a redirect.
    private let publicCacheControl: String?
    private let found = Self.counter("found")
    private let gone = Self.counter("gone")
    private let unknown = Self.counter("unknown")
    private let unavailable = Self.counter("unavailable")

    /// - Parameter cacheSeconds: of `--redirect-cache-seconds`.
    init(cacheSeconds: Int?) {
        publicCacheControl = cacheSeconds.map { "public, max-age=\($0)" }
    }

    private static func counter(_ outcome: String) -> Counter {
        Counter(label: "url_shortener_redirects_total", dimensions: [("outcome", outcome)])
    }

    func answer(_ result: Result<Redirection, URLShortenerError>) -> RedirectAnswer {
        switch result {
        case .success(.link(let record)):
            found.increment()
            // What ends one day, or is counted to the last visit, must be asked for each time.
            let isLasting = record.expiresAtMilliseconds == nil && record.maxVisits == nil
            return .found(
                url: record.url, cacheControl: isLasting ? publicCacheControl ?? RedirectAnswer.noStore : RedirectAnswer.noStore)
        case .success(.gone):
            gone.increment()
            return .failed(RedirectAnswer.gone)
        case .success(.unknown):
            unknown.increment()
            return .failed(RedirectAnswer.unknown)
        case .failure:
            unavailable.increment()
            return .failed(RedirectAnswer.unavailable)
        }
    }
}
