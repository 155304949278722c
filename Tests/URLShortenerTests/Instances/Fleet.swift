import EmbeddedRedis
import Foundation
import Redis
import Synchronization
import TestSupport
import Testing

@testable import URLShortener

/// Several instances of a shortener on one Redis, each with a client of its own, as if on several machines.
struct Fleet {
    let server: EmbeddedRedis
    let shorteners: [URLShortener]
    /// A client that no instance uses, for looking at what is in Redis.
    let redis: RedisClient

    subscript(index: Int) -> URLShortener { shorteners[index % shorteners.count] }

    func becomesReady() async throws {
        try await eventually("every instance works", within: .seconds(60)) {
            for shortener in shorteners { try await shortener.probe() }
            return true
        }
    }

    /// Where a code leads; nil when there is no such link, or no more.
    func destination(of code: String) async throws -> String? {
        guard let bytes = try await redis.get(URLShortenerKeys.link(code), as: [UInt8].self) else { return nil }
        return try #require(LinkRecord(decoding: bytes)).url
    }

    /// Has Redis forget all scripts, and cuts all connections but the one that says so.
    func cut() async {
        _ = await redis.pipeline([
            RedisCommand("SCRIPT", "FLUSH"), RedisCommand("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"),
        ])
    }

    func linkCount() async throws -> Int {
        let keys: [String] = try await redis.send(RedisCommand("KEYS", "url-shortener:link:{*}")).decode()
        return keys.count
    }
}

/// - Parameter patience: how long a step may wait for Redis. Long where Redis is healthy, since a busy machine may make it late
///   without anything being wrong; short where its failure is the matter.
func withFleet<Value>(
    of count: Int = 3, patience: Duration = .seconds(10), configure: (inout URLShortener.Configuration) -> Void = { _ in },
    _ body: (Fleet) async throws -> Value
) async throws -> Value {
    try await withRedis { server, redis in
        try await withFleet(on: server, redis, of: count, patience: patience, configure: configure, body)
    }
}

func withFleet<Value>(
    on server: EmbeddedRedis, _ redis: RedisClient, of count: Int = 3, patience: Duration = .seconds(10),
    configure: (inout URLShortener.Configuration) -> Void = { _ in }, _ body: (Fleet) async throws -> Value
) async throws -> Value {
    var clientConfiguration = try RedisConfiguration(url: server.url)
    clientConfiguration.deadline = patience
    var configuration = URLShortener.Configuration()
    configuration.redisDeadline = patience
    configure(&configuration)
    let clients = (0..<count).map { [clientConfiguration] _ in RedisClient(clientConfiguration) }
    let shorteners = clients.map { [configuration] in URLShortener(redis: $0, configuration: configuration) }
    let running = shorteners.map { shortener in Task { try await shortener.run() } }
    func end() async {
        for task in running { task.cancel() }
        // Each hands over the visits that it has counted.
        for task in running { _ = await task.result }
        for client in clients { await client.close() }
    }
    do {
        let fleet = Fleet(server: server, shorteners: shorteners, redis: redis)
        try await fleet.becomesReady()
        let value = try await body(fleet)
        await end()
        return value
    } catch {
        await end()
        throw error
    }
}

/// Which code was acknowledged for which URL.
final class Ledger: Sendable {
    private struct Entries {
        var urls: [String: String] = [:]
        var violations: [String] = []
        var epoch = 0
        var epochs: [String: Int] = [:]
    }
    private let entries = Mutex(Entries())

    var count: Int { entries.withLock { $0.urls.count } }
    var urls: [String: String] { entries.withLock { $0.urls } }
    /// Codes that were given for two URLs.
    var violations: [String] { entries.withLock { $0.violations } }
    /// Read before a creation begins.
    var epoch: Int { entries.withLock { $0.epoch } }

    /// Creations that begin from now on can be told from those before.
    func beginEpoch() { entries.withLock { $0.epoch += 1 } }

    /// Those whose creation began in this epoch.
    var recentURLs: [String: String] {
        entries.withLock { entries in entries.urls.filter { entries.epochs[$0.key] == entries.epoch } }
    }

    func note(_ link: Link, for url: String, begunIn epoch: Int) {
        entries.withLock { entries in
            if let other = entries.urls.updateValue(url, forKey: link.code), other != url {
                entries.violations.append("\(link.code) for \(other) and \(url)")
            }
            if link.url != url { entries.violations.append("\(link.code) leads to \(link.url), not \(url)") }
            entries.epochs[link.code] = epoch
        }
    }
}

/// Creators that go on until a body is done: single links with and without owner, with keys that are repeated after a failure,
/// and batches.
func whileCreating(
    _ creators: Int, on fleet: Fleet, _ ledger: Ledger, _ body: () async throws -> Void
) async throws {
    let tasks = (0..<creators).map { creator in
        Task {
            var number = 0
            while !Task.isCancelled {
                number += 1
                await create(creator, number, on: fleet, ledger)
            }
        }
    }
    func end() async {
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }
    do {
        try await body()
        await end()
    } catch {
        await end()
        throw error
    }
}

private func create(_ creator: Int, _ number: Int, on fleet: Fleet, _ ledger: Ledger) async {
    let url = "https://example.com/\(creator)/\(number)"
    let epoch = ledger.epoch
    do {
        switch creator % 4 {
        case 0: ledger.note(try await fleet[creator / 4].create(NewLink(url: url)), for: url, begunIn: epoch)
        case 1:
            ledger.note(try await fleet[creator / 4].create(NewLink(url: url, owner: "user\(creator)")), for: url, begunIn: epoch)
        case 2:
            let key = try IdempotencyKey("\(creator) \(number)", of: .address("::1"))
            for attempt in 0..<20 {
                guard let link = try? await fleet[creator / 4 + attempt].create(NewLink(url: url), idempotencyKey: key) else {
                    try await Task.sleep(for: .milliseconds(20))
                    continue
                }
                ledger.note(link, for: url, begunIn: epoch)
                break
            }
        default:
            let links = (0..<5).map { NewLink(url: "\(url)/\($0)") }
            for (link, result) in zip(links, await fleet[creator / 4].create(links)) {
                if let created = try? result.get() { ledger.note(created, for: link.url, begunIn: epoch) }
            }
        }
    } catch {
        // Redis is away: not without a pause.
        try? await Task.sleep(for: .milliseconds(5))
    }
}
