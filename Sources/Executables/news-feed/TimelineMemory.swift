import Logging
import Redis
import ServiceLifecycle

/// Looks once, when Redis first answers, whether it keeps timelines in little memory, and says so if it does not.
struct TimelineMemory: Service {
    let redis: RedisClient
    let logger: Logger

    private static let setting = "zset-max-listpack-entries"

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled, await !looked() { try? await Task.sleep(for: .seconds(1)) }
            while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
        }
    }

    private func looked() async -> Bool {
        let reply: [String]
        do {
            reply = try await redis.send(RedisCommand("CONFIG", "GET", Self.setting, isIdempotent: true)).decode()
        } catch {
            // Refused: who runs that Redis keeps it to himself.
            return error.reply != nil && error.reply?.kind != "LOADING"
        }
        let wanted = FeedOptions.packedTimelineEntries
        if let entries = reply.last.flatMap({ Int($0) }), entries < wanted {
            logger.notice(
                """
                This Redis packs sorted sets of at most \(entries) entries: a longer timeline takes 113 bytes an entry instead \
                of 18. CONFIG SET \(Self.setting) \(wanted), or \(Self.setting) \(wanted) in its configuration, changes that
                """)
        }
        return true
    }
}
