import struct Foundation.Date
public import Logging
public import Redis
public import ServiceLifecycle
import Synchronization

/// Short links that many instances share through Redis.
///
/// Codes come from a counter of which each instance leases blocks; a link is created only where there is none, so no
/// mishap with the counter ever puts one link in another's place. ``run()`` must be running: it tells the other instances
/// what this one has issued, and hears the same of them.
public final class URLShortener: Service {
    public struct Configuration: Sendable {
        /// The hosts of the service itself, `host` or `host:port`: a link never leads there. Without a port: on any.
        public var ownHosts: Set<String> = []
        /// Codes count up, instead of looking random: short at first, and everyone can guess the neighbours.
        public var isSequential = false
        /// How many numbers are leased at once, ahead of need. What is left of them when the instance ends is never used. With
        /// 1, just those are leased that a call needs, and it waits for them: right for who creates some links and ends.
        public var identifiersPerLease = 1000
        /// So many links are kept in memory at most, codes without a link among them.
        public var linksInMemory = 65_536
        /// In bytes: a longer URL is read from Redis each time, so that strangers cannot fill the memory with a few links.
        public var longestURLInMemory = 2_048
        /// How long Redis may take for each step.
        public var redisDeadline: Duration = .milliseconds(500)

        public init() {}
    }

    let redis: RedisClient
    let configuration: Configuration
    let logger: Logger
    let identifiers: IdentifierSource
    let knownLinks: RedisCache<KnownLink>
    let ownHosts: [HostAndPort]
    let pulse = EventPulse()
    let recorder: VisitRecorder
    let consumer: VisitConsumer
    let metrics = URLShortenerMetrics()
    private let lastFurtherHosts: Mutex<(texts: Set<String>, hosts: [HostAndPort])>
    private let settings = Mutex(Known(settings: .random(), isShared: false))

    private struct Known {
        /// Random ones until those of all instances are known.
        var settings: SharedSettings
        var isShared: Bool
        /// nil until its key is known.
        var visitorHash: VisitorHash?
    }

    public init(
        redis: RedisClient, configuration: Configuration = .init(), logger: Logger = Logger(label: "url-shortener")
    ) {
        (self.redis, self.configuration, self.logger) = (redis, configuration, logger)
        let ownHosts = configuration.ownHosts.compactMap { HostAndPort($0) }
        self.ownHosts = ownHosts
        lastFurtherHosts = Mutex(([], ownHosts))
        knownLinks = RedisCache(
            client: redis, prefix: URLShortenerKeys.linkPrefix, suffix: URLShortenerKeys.linkSuffix,
            capacity: configuration.linksInMemory, longestValue: configuration.longestURLInMemory + 512,
            deadline: configuration.redisDeadline, decode: KnownLink.init)
        recorder = VisitRecorder(redis: redis, logger: logger)
        consumer = VisitConsumer(redis: redis, logger: logger)
        identifiers = IdentifierSource(
            lease: IdentifierLease(redis: redis, deadline: configuration.redisDeadline),
            blockSize: configuration.identifiersPerLease)
    }

    /// What all instances share, read from Redis when it is not known yet.
    func sharedSettings() async throws(URLShortenerError) -> SharedSettings {
        let known = settings.withLock { $0 }
        return known.isShared ? known.settings : try await shareSettings()
    }

    /// Reads them in any case; a Redis that has lost them gets them back.
    @discardableResult
    func shareSettings() async throws(URLShortenerError) -> SharedSettings {
        let own = settings.withLock { $0.settings }
        let shared = try await SharedSettings.share(own, on: redis, deadline: configuration.redisDeadline)
        settings.withLock { ($0.settings, $0.isShared) = (shared, true) }
        return shared
    }

    func visitorHash() -> VisitorHash? { settings.withLock { $0.visitorHash } }

    /// As with ``shareSettings()``.
    func shareVisitorHash() async throws(URLShortenerError) {
        do throws(RedisError) {
            let hash = try await VisitorHash.load(from: redis)
            settings.withLock { $0.visitorHash = hash }
        } catch {
            throw .redis(error)
        }
    }

    /// Codes that nobody was given yet, as far as the counter knows.
    func nextCodes(_ count: Int) async throws(URLShortenerError) -> [NumberedCode] {
        let scheme: CodeScheme =
            configuration.isSequential ? .sequential : .scrambled(CodeCipher(key: try await sharedSettings().cipherKey))
        var codes: [NumberedCode] = []
        while codes.count < count {
            codes += try await identifiers.next(count - codes.count)
                .map { NumberedCode(number: $0, code: scheme.code(of: UInt64($0))) }
                .filter { !LinkCode.isReserved($0.code) }
        }
        return codes
    }

    func hosts(with further: Set<String>) -> [HostAndPort] {
        // Nearly always the same: clients know the service under one name.
        let known = lastFurtherHosts.withLock { $0 }
        if known.texts == further { return known.hosts }
        let hosts = ownHosts + further.compactMap { HostAndPort($0) }
        lastFurtherHosts.withLock { $0 = (further, hosts) }
        return hosts
    }

    /// Milliseconds since 1970.
    func wallClock() -> Int {
        Int((Date().timeIntervalSince1970 * 1000).rounded(.down))
    }

    func send(_ command: RedisCommand) async throws(URLShortenerError) -> RedisValue {
        do { return try await redis.send(command, deadline: configuration.redisDeadline) } catch { throw .redis(error) }
    }
}

/// A code and the number that it was made of.
struct NumberedCode: Sendable {
    let number: Int
    let code: String
}
