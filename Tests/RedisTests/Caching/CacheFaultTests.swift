import EmbeddedRedis
@testable import Redis
import TestSupport
import Testing

/// The tracking connection, or Redis itself, is lost.
@Suite(.timeLimit(.minutes(2))) struct CacheFaultTests {
    @Test func whatWasReadBeforeItsConnectionWasKilledIsNotGivenOut() async throws {
        try await withRedis { server, client in
            try await withClient(of: server) { other in
                try await withCache(of: client) { cache in
                    for round in 0..<10 {
                        try await other.set(cached: "a", to: "\(round)")
                        try await cache.catchUp(writingTo: other)
                        #expect(try await cache.value(of: "a") == "\(round)")
                        try await eventually { cache.known("a") == "\(round)" }
                        let kill =
                            round.isMultiple(of: 2)
                            ? RedisCommand("CLIENT", "KILL", "TYPE", "pubsub")
                            : RedisCommand("CLIENT", "KILL", "ID", try await identifierOfTracker(other))
                        #expect(try await other.send(kill) == .integer(1))
                        try await eventually("the loss is noticed") { cache.known("a") == .none }
                        // Once the connection is back it is gone.
                        #expect(["\(round)", .none].contains(cache.lastKnown("a")))
                        try await eventually("it comes back") { cache.isTrusted }
                        #expect(cache.known("a") == .none, "a write may have been missed")
                    }
                }
            }
        }
    }

    @Test func whatWasReadBeforeWritesWereHeardOfIsNotGivenOut() async throws {
        try await withRedis { _, client in
            let cache = TextCache(client: client, prefix: "cached:", capacity: 10) {
                $0.map { String(decoding: $0, as: UTF8.self) }
            }
            try await client.set(cached: "a", to: "old")
            #expect(try await cache.value(of: "a") == "old")
            try await client.set(cached: "a", to: "new")
            let running = Task { await cache.run() }
            try await eventually(within: .seconds(30)) { cache.isTrusted }
            #expect(cache.known("a") == .none && cache.lastKnown("a") == .none)
            #expect(try await cache.value(of: "a") == "new")
            running.cancel()
            await running.value
        }
    }

    @Test func aLossThatIsNoticedEndsTrustAtOnce() async throws {
        try await withRelayedCache { cache, relay, direct, _ in
            var quickest = Duration.seconds(60)
            // Of itself trust would last another second. On a busy machine the news may come late, but not each time.
            for _ in 0..<10 where quickest > .milliseconds(500) {
                try await cache.catchUp(writingTo: direct)
                _ = try await cache.value(of: "a")
                try await relay.hold(.tracking)
                let start = ContinuousClock.now
                try await relay.cut(.tracking)
                try await eventually { cache.known("a") == .none }
                quickest = min(quickest, ContinuousClock.now - start)
                try await relay.release(.tracking)
            }
            #expect(quickest <= .milliseconds(500))
        }
    }

    @Test func aWriteWhileTheConnectionIsCut() async throws {
        try await withRelayedCache { cache, relay, direct, _ in
            try await direct.set(cached: "a", to: "old")
            try await cache.catchUp(writingTo: direct)
            #expect(try await cache.value(of: "a") == "old")
            // A new connection is made, and its greeting is not answered in time to be trusted.
            try await relay.cut(.tracking)
            try await direct.set(cached: "a", to: "new")
            let acknowledged = ContinuousClock.now
            try await eventually {
                let asked = ContinuousClock.now
                guard cache.known("a") == .some("old") else { return true }
                #expect(asked - acknowledged < TextCache.trustWindow)
                return false
            }
            #expect(try await cache.value(of: "a") == "new")
            try await cache.catchUp(writingTo: direct)
            #expect(try await cache.value(of: "a") == "new")
        }
    }

    @Test func aConnectionThatSwallowsEverythingIsGivenUp() async throws {
        try await withRelayedCache(configure: { $0.stallDeadline = .seconds(2) }) { cache, relay, direct, _ in
            try await direct.set(cached: "a", to: "old")
            try await cache.catchUp(writingTo: direct)
            #expect(try await cache.value(of: "a") == "old")
            let identifier = try await identifierOfTracker(direct)
            try await relay.hold(.tracking)
            try await eventually("the connection is made anew", within: .seconds(30)) {
                try await identifierOfTracker(direct) != identifier
            }
            #expect(cache.known("a") == .none)
            try await relay.release(.tracking)
            try await cache.catchUp(writingTo: direct)
            #expect(cache.known("a") == .none && cache.lastKnown("a") == .none)
            #expect(try await cache.value(of: "a") == "old")
            try await eventually { cache.known("a") == "old" }
        }
    }

    @Test func aPausedServerIsTrustedForAMomentOnly() async throws {
        func patient(_ configuration: inout RedisConfiguration) {
            configuration.stallDeadline = .seconds(60)
            configuration.deadline = .milliseconds(300)
        }
        try await withRedis { server, direct in
            try await withClient(of: server, configure: patient) { client in
                try await withCache(of: client) { cache in
                    try await direct.set(cached: "a", to: "value")
                    try await cache.catchUp(writingTo: direct)
                    try await eventually { try await cache.value(of: "a") == "value" && cache.known("a") == "value" }
                    server.pause()
                    defer { server.resume() }
                    let paused = ContinuousClock.now
                    try await eventually {
                        let asked = ContinuousClock.now
                        guard cache.known("a") != .none else { return true }
                        // A ping that was on its way may have been answered still.
                        #expect(asked - paused < TextCache.trustWindow + .milliseconds(100))
                        return false
                    }
                    await #expect(throws: RedisError.self) { try await cache.value(of: "a") }
                    #expect(cache.lastKnown("a") == "value")
                    #expect(cache.known("a") == .none)
                    server.resume()
                    try await eventually("nothing was missed", within: .seconds(30)) { cache.known("a") == "value" }
                }
            }
        }
    }

    @Test func aServerThatIsKilledLeavesTheLastResort() async throws {
        try await withRedis(durability: .always, configure: { $0.deadline = .seconds(2) }) { server, client in
            try await withCache(of: client) { cache in
                try await eventually {
                    try await client.set(cached: "a", to: "value")
                    return true
                }
                try await cache.catchUp(writingTo: client)
                try await eventually { try await cache.value(of: "a") == "value" && cache.known("a") == "value" }
                await server.kill()
                try await eventually { cache.known("a") == .none }
                await #expect(throws: RedisError.self) { try await cache.value(of: "a") }
                #expect(cache.lastKnown("a") == "value")
                #expect(cache.lastKnown("b") == .none)
                try await server.restart()
                try await eventually(within: .seconds(30)) { try await cache.value(of: "a") == "value" }
                try await eventually(within: .seconds(30)) { cache.isTrusted }
                try await eventually { try await cache.value(of: "a") == "value" && cache.known("a") == "value" }
            }
        }
    }

    @Test func aServerThatRefusesIsReadAllTheSame() async throws {
        try await withRedis { server, administrator in
            func permit(_ rules: String...) async throws {
                _ = try await administrator.send(RedisCommand("ACL", arguments: ["SETUSER", "reader"] + rules))
            }
            try await permit("on", ">secret", "~*", "&*", "+@all", "-client|tracking")
            try await administrator.set(cached: "a", to: "value")
            try await withClient(of: server, configure: { ($0.username, $0.password) = ("reader", "secret") }) { client in
                let cache = TextCache(client: client, prefix: "cached:", capacity: 10) {
                    $0.map { String(decoding: $0, as: UTF8.self) }
                }
                let running = Task { await cache.run() }
                try await eventually("tried and refused") {
                    let log = try await administrator.send(RedisCommand("ACL", "LOG")).decode(as: [RedisValue].self)
                    return !log.isEmpty
                }
                #expect(try await cache.value(of: "a") == "value")
                #expect(!cache.isTrusted && cache.known("a") == .none)
                // Nobody tells the cache of this.
                try await administrator.set(cached: "a", to: "other")
                #expect(cache.lastKnown("a") == "value")
                try await permit("+client|tracking")
                try await eventually("tried again", within: .seconds(30)) { cache.isTrusted }
                #expect(cache.known("a") == .none)
                #expect(try await cache.value(of: "a") == "other")
                running.cancel()
                await running.value
            }
        }
    }

    private func identifierOfTracker(_ client: RedisClient) async throws -> Int {
        let list = try await client.send(RedisCommand("CLIENT", "LIST")).decode(as: String.self)
        let line = list.split(separator: "\n").last { $0.contains("-cache ") }
        let identifier = line?.split(separator: " ").first.flatMap { Int($0.dropFirst("id=".count)) }
        guard let identifier else { throw NoTracker() }
        return identifier
    }
    private struct NoTracker: Error {}
}
