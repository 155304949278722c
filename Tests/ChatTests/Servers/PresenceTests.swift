import EmbeddedRedis
import NIOCore
import Redis
import Synchronization
import TestSupport
import Testing

@testable import Chat

@Suite("Presence", .serialized)
struct PresenceTests {
    @Test("A user is online as long as one of his connections is open, wherever that is")
    func devices() async throws {
        try await withChatFleet(of: 2) { fleet in
            #expect(
                try await fleet[1].chat.presence(of: ["ann"]) == [
                    Presence(user: "ann", isOnline: false, lastSeenAt: nil, connections: 0)
                ])
            let first = try await fleet[0].connect("ann")
            let second = try await fleet[1].connect("ann")
            for server in fleet.servers {
                let presence = try await server.chat.presence(of: ["bob", "ann"])
                #expect(presence.map(\.user) == ["bob", "ann"])
                #expect(presence[1].isOnline && presence[1].connections == 2)
            }
            try await second.close()
            try await eventually { try await fleet[0].chat.presence(of: ["ann"])[0].connections == 1 }
            #expect(await fleet.isOnline("ann", seenBy: 1) == true)
            let before = try await fleet[0].chat.conversations.refreshClock()
            try await first.close()
            try await eventually { await fleet.isOnline("ann", seenBy: 1) == false }
            let presence = try await fleet[1].chat.presence(of: ["ann"])[0]
            #expect(presence.connections == 0 && presence.lastSeenAt ?? 0 >= before)
        }
    }

    @Test("Watchers are told at once how it is, and then of each change")
    func watching() async throws {
        try await withChatFleet(of: 2) { fleet in
            let watcher = try await fleet[0].connect("eve")
            watcher.receive(.watch(["ann", "bob"]))
            try await eventually { watcher.presences.count == 2 }
            #expect(watcher.presences.allSatisfy { !$0.isOnline })
            let ann = try await fleet[1].connect("ann")
            try await eventually { watcher.presences.count == 3 }
            #expect(watcher.presences[2].user == "ann" && watcher.presences[2].isOnline)
            // Another device changes nothing.
            let other = try await fleet[0].connect("ann")
            try await ann.close()
            try await eventually { try await fleet[0].chat.presence(of: ["ann"])[0].connections == 1 }
            try await other.close()
            try await eventually { watcher.presences.count == 4 }
            #expect(!watcher.presences[3].isOnline && watcher.presences[3].lastSeenAt != nil)
            try await watcher.close()
            try await eventually { try await fleet.run("EXISTS", ChatKeys.watchers(of: "ann")) == .integer(0) }
            #expect(watcher.presences.count == 4)
        }
    }

    @Test("What a server leaves in good order is gone at once")
    func stopped() async throws {
        try await withChatFleet(of: 2) { fleet in
            let ann = try await fleet[0].connect("ann")
            try await ann.close()
            await fleet[0].stop()
            #expect(try await fleet.run("ZCARD", ChatKeys.leases) == .integer(1))
            #expect(try await fleet.run("EXISTS", ChatKeys.connections(of: "ann")) == .integer(0))
            #expect(await fleet.isOnline("ann", seenBy: 1) == false)
        }
    }

    @Test("Users of a server that is gone are offline when its lease ends, are cleared, and those who watch are told")
    func crashed() async throws {
        let lease = Duration.seconds(4)
        try await withChatFleet(of: 2, lease: lease) { fleet in
            let watcher = try await fleet[1].connect("eve")
            watcher.receive(.watch(["ann"]))
            try await eventually { watcher.presences.count == 1 }
            _ = try await fleet[0].connect("ann")
            _ = try await fleet[0].connect("bob")
            try await eventually { watcher.presences.count == 2 }
            let dead = fleet[0].id
            let before = try await fleet[1].chat.services.directory.readLeases().table
            await fleet[0].crash()
            let renewed = try #require(
                try await fleet.redis.send(RedisCommand("HGET", ChatKeys.renewals, dead)).decode(as: Int?.self))
            var wasOnline = false
            try await eventually("ann is offline", within: .seconds(60)) {
                let table = try await fleet[1].chat.services.directory.readLeases().table
                let presence = try await fleet[1].chat.presence(of: ["ann"])[0]
                guard presence.isOnline else {
                    #expect(presence.lastSeenAt ?? 0 >= renewed)
                    return true
                }
                wasOnline = true
                // Time in which the server that is left did not renew its own lease does not count.
                let stoodStill = (table.now - table.clock) - (before.now - before.clock)
                #expect(table.now - renewed - stoodStill <= lease.inMilliseconds)
                return false
            }
            #expect(wasOnline)
            try await eventually { watcher.presences.count == 3 }
            #expect(!watcher.presences[2].isOnline)
            try await eventually("it is cleared", within: .seconds(30)) {
                let left = try await fleet.run("HEXISTS", ChatKeys.renewals, dead)
                return try await fleet.run("EXISTS", ChatKeys.connections(of: "bob")) == .integer(0) && left == .integer(0)
            }
            #expect(try await fleet.run("ZCARD", ChatKeys.claims) == .integer(0))
            #expect(try await fleet.run("EXISTS", ChatKeys.users(of: ServerID(text: dead))) == .integer(0))
        }
    }

    @Test("Clearing a dead server does not touch a connection that is newer, nor does a server that clears late")
    func lateClearing() async throws {
        try await withChatFleet(of: 2, lease: .seconds(3)) { fleet in
            _ = try await fleet[0].connect("ann")
            let dead = fleet[0].id
            await fleet[0].crash()
            let ann = try await fleet[1].connect("ann")
            try await eventually("it is cleared", within: .seconds(60)) {
                #expect(await fleet.isOnline("ann", seenBy: 1) == true)
                return try await fleet.run("HLEN", ChatKeys.connections(of: "ann")) == .integer(1)
            }
            let late = ServerScripts.clearConnections.call(
                keys: [ChatKeys.connections(of: "ann"), ChatKeys.lastSeen(of: "ann"), ChatKeys.watchers(of: "ann")], dead, 1,
                "ann")
            #expect(try await fleet.redis.send(late) == .integer(0))
            #expect(await fleet.isOnline("ann", seenBy: 1) == true)
            try await ann.close()
            try await eventually { await fleet.isOnline("ann", seenBy: 1) == false }
        }
    }

    @Test("A server that stood still until it was declared dead comes back under another name, with all its users")
    func declaredDead() async throws {
        try await withChatFleet(of: 2) { fleet in
            let ann = try await fleet[0].connect("ann")
            let name = fleet[0].id
            // As long ago as that.
            try await fleet.run("ZADD", ChatKeys.leases, "1", name)
            _ = try await fleet[1].chat.services.directory.clearDeadServers()
            guard try await fleet.run("ZSCORE", ChatKeys.leases, name) == .null else { return }
            try await eventually("another name", within: .seconds(30)) { fleet[0].id != name }
            try await eventually("online", within: .seconds(30)) { await fleet.isOnline("ann", seenBy: 1) == true }
            let bob = try await fleet[1].connect("bob")
            bob.send("hello", to: .user("ann"))
            try await ann.hears(1)
            #expect(ann.texts == ["hello"])
        }
    }
}

@Suite("Presence: nobody is offline who is alive", .serialized)
struct PresenceFaultTests {
    /// Asks again and again while something is done to Redis. Whoever is told anything is told that ann is online.
    private func stayOnline(_ fleet: ChatFleet, _ harm: () async throws -> Void) async throws {
        let ann = try await fleet[0].connect("ann")
        let watcher = try await fleet[1].connect("eve")
        watcher.receive(.watch(["ann"]))
        try await eventually { watcher.presences.count == 1 }
        let answers = Mutex<[Bool]>([])
        let asking = Task {
            while !Task.isCancelled {
                if let isOnline = await fleet.isOnline("ann", seenBy: 1) { answers.withLock { $0.append(isOnline) } }
                try? await Task.sleep(for: .milliseconds(2))
            }
        }
        try await harm()
        let count = answers.withLock { $0.count }
        try await eventually("answers come again", within: .seconds(60)) { answers.withLock { $0.count } >= count + 50 }
        for server in fleet.servers { try await server.becomesReady() }
        let settled = answers.withLock { $0.count }
        try await eventually("and go on", within: .seconds(60)) { answers.withLock { $0.count } >= settled + 50 }
        asking.cancel()
        await asking.value
        #expect(answers.withLock { $0 }.allSatisfy { $0 })
        #expect(watcher.presences.allSatisfy { $0.isOnline })
        // And when she goes it is seen.
        try await ann.close()
        try await eventually("offline", within: .seconds(60)) { await fleet.isOnline("ann", seenBy: 1) == false }
        try await eventually("and told", within: .seconds(60)) { watcher.presences.last?.isOnline == false }
    }

    @Test("Redis stands still for longer than a lease")
    func paused() async throws {
        try await withChatFleet(of: 2, lease: .seconds(3), patience: .milliseconds(500)) { fleet in
            try await stayOnline(fleet) {
                fleet.redisServer.pause()
                try await Task.sleep(for: .seconds(4))
                fleet.redisServer.resume()
            }
        }
    }

    @Test("Redis is gone for longer than a lease, and comes back")
    func restarted() async throws {
        try await withChatFleet(of: 2, lease: .seconds(3), patience: .milliseconds(500), durability: .always) { fleet in
            try await stayOnline(fleet) {
                await fleet.redisServer.kill()
                try await Task.sleep(for: .seconds(4))
                try await fleet.redisServer.restart()
            }
        }
    }

    @Test("Redis loses everything")
    func emptied() async throws {
        try await withChatFleet(of: 2, patience: .seconds(5)) { fleet in
            try await stayOnline(fleet) {
                for _ in 0..<3 {
                    try await fleet.run("FLUSHALL")
                    for server in fleet.servers {
                        try await eventually("\(server.name) has a lease", within: .seconds(30)) {
                            try await server.chat.services.directory.readLeases().isHeld
                        }
                    }
                }
            }
        }
    }
}
