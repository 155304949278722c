import Logging
import Redis
import TestSupport
import Testing

@testable import Chat

@Suite("Leases", .serialized)
struct LeaseTests {
    private func directory(_ redis: any RedisCommands, lease: Duration = .seconds(10)) -> ServerDirectory {
        ServerDirectory(redis: redis, lease: lease, deadline: .seconds(10), logger: Logger(label: "test"))
    }

    /// Nobody renews for so long.
    private func pass(_ milliseconds: Int, _ redis: RedisClient) async throws {
        _ = try await redis.send(RedisCommand("HINCRBY", ChatKeys.leaseClock, "at", -milliseconds))
    }

    /// Servers have had the time to come back.
    private func settle(_ redis: RedisClient) async throws {
        _ = try await redis.send(RedisCommand("HSET", ChatKeys.leaseClock, "settled", 0))
    }

    @Test("A first server is alone, and all is settled at once")
    func first() async throws {
        try await withRedis { _, redis in
            let server = directory(redis)
            let (leases, isNew) = try await server.renew()
            #expect(isNew && leases.isSettled && leases.isLive(server.server.text) && leases.ends.count == 1)
            let again = try await server.renew()
            #expect(!again.isNew && again.leases.isLive(server.server.text))
            #expect(try await server.clearDeadServers() == 0)
        }
    }

    @Test("While nobody renews nobody's lease ends; whoever was alive then is so after it, for a lease's length")
    func standstill() async throws {
        try await withRedis { _, redis in
            let (one, other) = (directory(redis), directory(redis))
            try await one.renew()
            try await other.renew()
            try await pass(60_000, redis)
            let read = try await one.readLeases().table
            #expect(read.isLive(one.server.text) && read.isLive(other.server.text))
            let renewed = try await one.renew()
            #expect(!renewed.isNew && renewed.leases.isLive(other.server.text) && !renewed.leases.isSettled)
            #expect(try await one.clearDeadServers() == 0)
            try await settle(redis)
            // The other one does not come back: from now on time passes for it.
            for _ in 0..<20 {
                try await pass(one.terms.slack.inMilliseconds - 500, redis)
                try await one.renew()
            }
            let later = try await one.readLeases().table
            #expect(later.isSettled && later.isLive(one.server.text) && !later.isLive(other.server.text))
            #expect(try await one.clearDeadServers() == 1)
            #expect(try await other.renew().isNew)
        }
    }

    @Test("Who comes new does not take servers for alive that are gone for long; those that are not come back in place")
    func newcomer() async throws {
        try await withRedis { _, redis in
            let (old, new) = (directory(redis), directory(redis))
            try await old.renew()
            let name = old.server
            try await pass(60_000, redis)
            let (leases, _) = try await new.renew()
            #expect(!leases.isLive(name.text) && !leases.isSettled)
            #expect(try await new.clearDeadServers() == 0)
            let renewed = try await old.renew()
            #expect(!renewed.isNew && old.server == name && renewed.leases.isLive(name.text))
        }
    }

    @Test("A new server that comes after all others have left finds everything settled")
    func afterOrderlyEnd() async throws {
        try await withRedis { _, redis in
            let (old, new) = (directory(redis), directory(redis))
            try await old.renew()
            try await old.leave()
            try await pass(60_000, redis)
            #expect(try await new.renew().leases.isSettled)
        }
    }

    @Test("When everything is lost a server goes on under another name, and nothing is settled for a while")
    func emptied() async throws {
        try await withRedis { _, redis in
            let (one, other) = (directory(redis), directory(redis))
            try await one.renew()
            try await other.renew()
            let name = one.server
            _ = try await redis.send(RedisCommand("FLUSHALL"))
            #expect(try await one.readLeases().isHeld == false)
            #expect(try await one.presenceNow(of: ["ann"]) == [nil])
            let (leases, isNew) = try await one.renew()
            #expect(isNew && one.server != name && !leases.isSettled)
            #expect(try await one.presenceNow(of: ["ann"]) == [nil])
            try await settle(redis)
            // For the one that notices it later it begins then.
            #expect(try await other.renew().leases.isSettled == false)
            // A newcomer makes no difference.
            #expect(try await directory(redis).renew().leases.isSettled == false)
        }
    }

    @Test("A clock that goes back, on another machine after a failover, ends no lease")
    func clockBack() async throws {
        try await withRedis { _, redis in
            let (one, other) = (directory(redis), directory(redis))
            try await one.renew()
            try await other.renew()
            try await pass(-3_600_000, redis)
            for _ in 0..<3 {
                let (leases, isNew) = try await one.renew()
                #expect(!isNew && leases.isLive(other.server.text) && leases.isSettled)
            }
        }
    }

    @Test("Killed at any command of what it enters: when its lease has ended nothing is left of it")
    func killed() async throws {
        try await withRedis { _, redis in
            let janitor = directory(redis)
            try await janitor.renew()
            for number in 0..<40 {
                for fate in FaultyRedis.Fate.allCases {
                    let faulty = FaultyRedis(redis, diesAt: number, fate)
                    let server = directory(faulty)
                    await enterAll(server)
                    _ = try await redis.send(RedisCommand("ZADD", ChatKeys.leases, "XX", 1, server.server.text))
                    try await janitor.renew()
                    try await janitor.clearDeadServers()
                    for user in ["ann", "bob"] as [UserName] {
                        #expect(
                            try await redis.send(RedisCommand("EXISTS", ChatKeys.connections(of: user))) == .integer(0),
                            "\(number), \(fate)")
                    }
                    #expect(try await redis.send(RedisCommand("EXISTS", ChatKeys.users(of: server.server))) == .integer(0))
                    #expect(try await redis.send(RedisCommand("ZCARD", ChatKeys.leases)) == .integer(1), "\(number), \(fate)")
                    #expect(try await redis.send(RedisCommand("HLEN", ChatKeys.renewals)) == .integer(1))
                    if !faulty.isDead { return }
                }
            }
            Issue.record("it never came to its end")
        }
    }

    private func enterAll(_ server: ServerDirectory) async {
        do {
            try await server.renew()
            let connections = (0..<3).map { _ in ConnectionID.random() }
            for (index, connection) in connections.enumerated() {
                server.open(connection, of: index == 0 ? "ann" : "bob") {}
            }
            while try await server.enterChanges() {}
            server.close(connections[0])
            server.close(connections[1])
            while try await server.enterChanges() {}
            server.enterAgain()
            while try await server.enterChanges() {}
        } catch {
            // Killed.
        }
    }

    @Test("A server that is killed while it clears another one leaves that to the next")
    func killedJanitor() async throws {
        try await withRedis { _, redis in
            let next = directory(redis)
            try await next.renew()
            for number in 0..<20 {
                let dead = directory(redis)
                try await dead.renew()
                dead.open(.random(), of: "ann") {}
                dead.open(.random(), of: "bob") {}
                while try await dead.enterChanges() {}
                _ = try await redis.send(RedisCommand("ZADD", ChatKeys.leases, 1, dead.server.text))
                let faulty = FaultyRedis(redis, diesAt: number, .answerLost)
                _ = try? await directory(faulty).clearDeadServers()
                // It was given time, and did not use it.
                _ = try await redis.send(RedisCommand("ZADD", ChatKeys.claims, "XX", 1, dead.server.text))
                try await next.renew()
                try await next.clearDeadServers()
                for user in ["ann", "bob"] as [UserName] {
                    #expect(try await redis.send(RedisCommand("EXISTS", ChatKeys.connections(of: user))) == .integer(0))
                }
                #expect(try await redis.send(RedisCommand("ZCARD", ChatKeys.claims)) == .integer(0), "\(number)")
                if !faulty.isDead { return }
            }
            Issue.record("it never came to its end")
        }
    }
}
