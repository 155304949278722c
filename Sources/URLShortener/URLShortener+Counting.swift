public import NIOCore
import Redis

/// What a request tells of who follows a link. Nothing of it is kept as it is.
public struct Visitor: Sendable {
    /// The address of the client, without the port.
    public var address: String?
    public var userAgent: String?
    /// The `Referer` header, of which the host is counted.
    public var referrer: String?
    /// Two letters, as a proxy in front may say.
    public var country: String?

    public init(address: String? = nil, userAgent: String? = nil, referrer: String? = nil, country: String? = nil) {
        (self.address, self.userAgent, self.referrer, self.country) = (address, userAgent, referrer, country)
    }
}

extension URLShortener {
    /// Counts one visit that has been answered with the link's URL; not one that only looked, such as `HEAD`. Never waits: visits are gathered in memory, and handed to
    /// Redis five times a second by ``run()``, which hands over all that is left when it ends in order.
    /// - Parameter eventLoop: the caller's, so that event loops do not wait for one another.
    public func countVisit(of code: String, by visitor: Visitor, on eventLoop: (any EventLoop)? = nil) {
        let userAgent = visitor.userAgent ?? ""
        recorder.record(
            Visit(
                code: code, at: wallClock(), isBot: BotDetector.isBot(userAgent),
                visitor: visitor.address.flatMap { visitorHash()?.hash(address: $0, userAgent: userAgent) },
                referrerHost: visitor.referrer.flatMap { ReferrerHost.host(ofReferrer: $0) },
                country: visitor.country.flatMap { CountryCode.code($0) }),
            on: eventLoop)
    }

    /// How often a link was visited; complete within two seconds after a visit.
    ///
    /// Two round trips. Of a link that nobody owns anyone may know.
    /// - Throws: ``URLShortenerError/notOwner`` for a link of somebody else; what ``link(_:)`` throws.
    public func statistics(of code: String, for requester: Requester) async throws(URLShortenerError) -> LinkStatistics {
        let link = try await link(code)
        guard link.owner == nil || requester.owns(link.record) else { throw .notOwner }
        do { return try await VisitStatistics(redis: redis).statistics(of: code) } catch { throw .redis(error) }
    }
}
