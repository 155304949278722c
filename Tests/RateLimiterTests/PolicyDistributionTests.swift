import EmbeddedRedis
import Redis
import Synchronization
import TestSupport
import Testing

@testable import RateLimiter

@Suite("Policies in Redis, and in force on every instance", .serialized)
struct PolicyDistributionTests {
    private func policy(_ name: String, capacity: Int = 7) throws -> RateLimitPolicy {
        try RateLimitPolicy(name: name, capacity: capacity, refillTokens: 1, refillPeriodMs: 3_600_000)
    }

    private func everywhere(_ fleet: Fleet, _ what: Comment, _ holds: @escaping (RateLimiter) throws -> Bool) async throws {
        try await eventually("\(what)", within: .seconds(10)) { try fleet.limiters.allSatisfy(holds) }
    }

    private func isUnknown(_ name: String, _ limiter: RateLimiter) -> Bool {
        do throws(RateLimiterError) {
            _ = try limiter.policy(named: name)
            return false
        } catch {
            if case .unknownPolicy(name) = error { return true }
            return false
        }
    }

    @Test("Put, changed and deleted: here on return, everywhere within a second")
    func putAndDelete() async throws {
        try await withFleet { fleet in
            #expect(try await fleet[0].put(policy("a")))
            #expect(try fleet[0].policy(named: "a").capacity == 7)
            try await everywhere(fleet, "put") { try $0.policy(named: "a").capacity == 7 }

            #expect(try await !fleet[1].put(policy("a", capacity: 8)), "there was one of that name")
            #expect(try fleet[1].policy(named: "a").capacity == 8)
            try await everywhere(fleet, "changed") { try $0.policy(named: "a").capacity == 8 }

            try await fleet[2].deletePolicy(named: "a")
            #expect(isUnknown("a", fleet[2]))
            try await everywhere(fleet, "deleted") { isUnknown("a", $0) }
            await #expect(throws: RateLimiterError.self) { try await fleet[0].deletePolicy(named: "a") }
        }
    }

    @Test("Many changes at once from all sides: all instances end with the same")
    func manyChanges() async throws {
        try await withFleet { fleet in
            try await withThrowingTaskGroup { group in
                for writer in 0..<12 {
                    group.addTask {
                        for capacity in 1...10 {
                            let policy = try self.policy("p\(writer % 4)", capacity: capacity * 10 + writer)
                            _ = try await fleet[writer % 3].put(policy)
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await everywhere(fleet, "the same") { $0.policies == fleet[0].policies && $0.policies.count == 5 }
            let stored = try await PolicyStore(redis: fleet.redis, logger: fleet[0].logger).load().policies
            try await everywhere(fleet, "what is stored") { limiter in
                stored.allSatisfy { limiter.policies.contains($0) }
            }
        }
    }

    @Test("The default always exists: it can be changed, and deleting that restores it")
    func fallback() async throws {
        try await withFleet { fleet in
            #expect(try fleet[0].policy(named: "default") == .fallback)
            #expect(RateLimitPolicy.fallback.capacity == 100 && RateLimitPolicy.fallback.refillPeriodMs == 60_000)
            #expect(try await !fleet[0].put(policy("default")), "there always was one")
            try await everywhere(fleet, "changed") { try $0.policy(named: "default").capacity == 7 }
            try await fleet[1].deletePolicy(named: "default")
            try await everywhere(fleet, "restored") { try $0.policy(named: "default") == .fallback }
            try await fleet[1].deletePolicy(named: "default")
            #expect(try await fleet[2].check(RateLimitCheck(policy: "default", key: "k")).limit == 100)
        }
    }

    @Test("When Redis is wiped, configured policies come back, others are gone, and changes work on")
    func wiped() async throws {
        try await withFleet(policies: [try policy("configured")]) { fleet in
            _ = try await fleet[0].put(policy("configured", capacity: 9))
            _ = try await fleet[0].put(policy("extra"))
            try await everywhere(fleet, "all there") {
                try $0.policy(named: "configured").capacity == 9 && $0.policy(named: "extra").capacity == 7
            }
            for round in 0..<3 {
                _ = try await fleet.redis.send(RedisCommand("FLUSHALL"))
                try await everywhere(fleet, "seeded again") {
                    try isUnknown("extra", $0) && $0.policy(named: "configured").capacity == 7 && $0.policies.count == 2
                }
                #expect(try await fleet[round].put(policy("extra")))
                try await everywhere(fleet, "put after the wipe") { try $0.policy(named: "extra").capacity == 7 }
            }
        }
    }

    @Test("When Redis is wiped, every instance's own policies come back, and at no moment does one lack its own")
    func wipedWithDifferentFiles() async throws {
        let files = try (0..<3).map { file in try (0..<20).map { try policy("file-\(file)-\($0)") } }
        try await withRedis { server, redis in
            let clients = try files.map { _ in RedisClient(try RedisConfiguration(url: server.url)) }
            let limiters = zip(clients, files).map { client, file in
                var configuration = RateLimiter.Configuration()
                configuration.policies = file
                return RateLimiter(redis: client, configuration: configuration)
            }
            try await withThrowingTaskGroup { group in
                for limiter in limiters { group.addTask { try await limiter.run() } }
                for round in 0..<6 {
                    if round > 0 { _ = try await redis.send(RedisCommand("FLUSHALL")) }
                    try await eventually("all policies are everywhere", within: .seconds(30)) {
                        for (limiter, file) in zip(limiters, files) {
                            for policy in file {
                                #expect(throws: Never.self) { try limiter.policy(named: policy.name) }
                            }
                        }
                        let epoch: String? = try await redis.get(RateLimiterKeys.epoch)
                        return epoch != nil
                            && limiters.allSatisfy { limiter in
                                limiter.policies.count == 61 && limiter.table.withLock { $0.seededEpoch } == epoch
                            }
                    }
                }
                group.cancelAll()
            }
            for client in clients { await client.close() }
        }
    }

    @Test("A policy that is put before anyone has begun anew after a loss does not keep configured ones away")
    func putIntoWiped() async throws {
        try await withFleet(policies: [try policy("configured")]) { fleet in
            let store = PolicyStore(redis: fleet.redis, logger: fleet[0].logger)
            for _ in 0..<5 {
                _ = try await fleet.redis.send(RedisCommand("FLUSHALL"))
                _ = try await store.put(policy("extra"))
                try await everywhere(fleet, "both there") {
                    try $0.policy(named: "configured").capacity == 7 && $0.policies.count >= 2
                }
            }
        }
    }

    @Test("A wiped Redis never counts up to a revision that was there before")
    func revisions() async throws {
        try await withFleet(of: 1) { fleet in
            var seen: Set<String> = []
            for _ in 0..<5 {
                _ = try await fleet[0].put(policy("a"))
                let revision: String = try #require(try await fleet.redis.get(RateLimiterKeys.revision))
                #expect(seen.insert(revision).inserted)
                _ = try await fleet.redis.send(RedisCommand("FLUSHALL"))
                try await eventually("begun anew") {
                    guard let now: String = try await fleet.redis.get(RateLimiterKeys.revision) else { return false }
                    return now != revision && fleet[0].table.withLock { $0.revision } == now
                }
            }
        }
    }

    @Test("What cannot be read as a policy is passed over, and the others are in force")
    func unreadable() async throws {
        try await withFleet { fleet in
            let bytes: [(String, [UInt8])] = [
                ("broken", Array("{".utf8)), ("empty", []), ("list", Array("[]".utf8)), ("bytes", [0xFF, 0xFE, 0]),
                ("other", Array(#"{"name":"another","capacity":1,"refillPeriodMs":1}"#.utf8)),
                ("future", Array(#"{"name":"future","capacity":1,"refillPeriodMs":1,"colour":"red"}"#.utf8)),
                ("large", Array(#"{"name":"large","capacity":1000000000,"refillPeriodMs":1}"#.utf8)),
                ("no name", Array(#"{"capacity":1,"refillPeriodMs":1}"#.utf8)),
                ("good", Array(#"{"capacity":3,"refillPeriodMs":1000}"#.utf8)),
            ]
            for (name, text) in bytes {
                _ = try await fleet.redis.send(RedisCommand("HSET", RateLimiterKeys.policies, name, text))
            }
            _ = try await fleet.redis.send(RedisCommand("HSET", RateLimiterKeys.policies, [0xFF] as [UInt8], [0xFF] as [UInt8]))
            _ = try await fleet[0].put(policy("after"))
            try await everywhere(fleet, "what can be read") { $0.policies.map(\.name) == ["after", "default", "good"] }
        }
    }

    @Test("An older answer does not take the place of a newer one")
    func disorder() throws {
        var table = PolicyTable([])
        let (first, second) = (table.beginLoading(), table.beginLoading())
        #expect(table.load([try policy("new")], revision: "2", turn: second))
        #expect(!table.load([try policy("old")], revision: "1", turn: first))
        #expect(table.policies.map(\.name) == ["default", "new"])
        #expect(table.revision == "2")
    }

    @Test("A policy that did not change keeps its generation, a changed one never gets an old one back")
    func generations() throws {
        var table = PolicyTable([try policy("a")])
        func load(_ policies: [RateLimitPolicy]) throws -> Int {
            _ = table.load(policies, revision: nil, turn: table.beginLoading())
            return try table.policy(named: "a").generation
        }
        let first = try load([policy("a")])
        #expect(try load([policy("a"), policy("b")]) == first)
        let changed = try load([policy("a", capacity: 8)])
        let back = try load([policy("a")])
        #expect(Set([first, changed, back]).count == 3)
    }

    @Test("Before the policies could be read, one of any name may exist")
    func notLoaded() async throws {
        let client = RedisClient(RedisConfiguration(address: .unixSocket(path: "/nonexistent/redis.sock")))
        let limiter = RateLimiter(redis: client)
        #expect(throws: RateLimiterError.self) { try limiter.policy(named: "login") }
        #expect(!isUnknown("login", limiter))
        #expect(try limiter.policy(named: "default") == .fallback)
        await #expect(throws: RateLimiterError.self) { try await limiter.probe() }
        await client.close()
    }
}
