import EmbeddedRedis
import Redis
import TestSupport
import Testing

/// Connections are lost under load: every call ends, and none is executed twice behind its caller's back.
@Suite struct LossTests {
    /// What was acknowledged has happened, and what may have been executed happened at most once.
    private func expectConsistent(_ tally: Tally, _ key: String, _ client: RedisClient) async throws {
        let counts = tally.counts
        let value = try await client.get(key, as: Int.self) ?? 0
        #expect(value >= counts.acknowledged, "\(counts)")
        #expect(value <= counts.acknowledged + counts.ambiguous, "\(counts)")
    }

    @Test func aServerThatIsKilledAndComesBack() async throws {
        try await withRedis(durability: .always, configure: { $0.deadline = .seconds(2) }) { server, client in
            let increments = Tally()
            let reads = Tally()
            try await client.load(RedisCommand("INCR", "n"), tasks: 16, tally: increments) {
                try await client.load(RedisCommand("GET", "n", isIdempotent: true), tasks: 4, tally: reads) {
                    var kills = 0
                    // Until one has met commands in flight.
                    while kills < 3 || increments.counts.ambiguous == 0 && kills < 10 {
                        let before = increments.counts.acknowledged
                        try await eventually(within: .seconds(20)) { increments.counts.acknowledged > before + 300 }
                        await server.kill()
                        try await server.restart()
                        kills += 1
                    }
                    let before = increments.counts.acknowledged
                    try await eventually(within: .seconds(20)) { increments.counts.acknowledged > before + 300 }
                }
            }
            try await expectConsistent(increments, "n", client)
            #expect(increments.counts.ambiguous > 0, "commands were in flight")
            #expect(!reads.counts.codes.contains(.connectionLost), "what may be sent again is")
            #expect(await client.failure() == nil)
        }
    }

    @Test func connectionsThatAreKilledUnderLoad() async throws {
        try await withRedis { server, client in
            try await withClient(of: server) { administrator in
                let increments = Tally()
                let reads = Tally()
                try await client.load(RedisCommand("INCR", "n"), tasks: 16, tally: increments) {
                    try await client.load(RedisCommand("GET", "n", isIdempotent: true), tasks: 4, tally: reads) {
                        for _ in 0..<10 {
                            let before = increments.counts.acknowledged
                            try await eventually(within: .seconds(20)) { increments.counts.acknowledged > before + 100 }
                            let kill = RedisCommand("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
                            _ = try await administrator.send(kill)
                        }
                    }
                }
                try await expectConsistent(increments, "n", client)
                #expect(increments.counts.codes.isSubset(of: [.connectionLost]))
                #expect(reads.counts.codes.isEmpty, "what may be sent again is")
            }
        }
    }

    @Test func aNodeThatDoesNotAnswerIsRefusedAtOnceUntilItDoes() async throws {
        try await withRedis(configure: { $0.deadline = .milliseconds(300) }) { server, client in
            try await eventually {
                try await client.ping(); return true
            }
            server.pause()
            defer { server.resume() }
            // There is one circuit for each connection; a hundred in a row meet them all.
            try await eventually("every circuit is open", within: .seconds(30)) {
                for _ in 0..<100 {
                    guard await client.failure(of: RedisCommand("PING"))?.code == .circuitOpen else { return false }
                }
                return true
            }
            let start = ContinuousClock.now
            for _ in 0..<100 {
                let error = await client.failure(of: RedisCommand("INCR", "refused"))
                #expect(error?.code == .circuitOpen && error?.execution == .notSent)
            }
            #expect(ContinuousClock.now - start < .seconds(10), "a hundred deadlines would be half a minute")
            server.resume()
            try await eventually(within: .seconds(20)) { await client.failure() == nil }
            try await eventually { try await client.get("refused", as: Int.self) == nil }
        }
    }

    @Test func aPrimaryThatBecameAReplicaIsConnectedToAnew() async throws {
        try await withRedis { _, client in
            func identifier() async throws -> Int { try await client.send(RedisCommand("CLIENT", "ID")).decode() }
            try await eventually {
                try await client.ping(); return true
            }
            let before = try await identifier()
            _ = try await client.send(RedisCommand("REPLICAOF", "127.0.0.1", "1"))
            try await eventually("refused") { await client.failure(of: RedisCommand("INCR", "n"))?.reply?.kind == "READONLY" }
            try await eventually("another connection on every event loop") {
                for _ in 0..<50 where try await identifier() <= before {
                    // They take turns: by chance each of them gets one.
                    for _ in 0..<Int.random(in: 1...9) { _ = await client.failure(of: RedisCommand("INCR", "n")) }
                    return false
                }
                return true
            }
            _ = try await client.send(RedisCommand("REPLICAOF", "NO", "ONE"))
            try await eventually("writes again") { await client.failure(of: RedisCommand("INCR", "n")) == nil }
        }
    }

    @Test func whatIsSentWhileThereIsNoServerFailsUnsent() async throws {
        try await withRedis(configure: { $0.deadline = .milliseconds(300) }) { server, client in
            try await eventually {
                try await client.ping(); return true
            }
            await server.kill()
            try await eventually { await client.failure() != nil }
            for _ in 0..<50 {
                let error = await client.failure(of: RedisCommand("INCR", "n"))
                #expect(error?.execution == .notSent && (error?.code == .notConnected || error?.code == .circuitOpen))
            }
            try await server.restart()
            try await eventually { try await client.increment("n") == 1 }
        }
    }

    @Test func whatIsSentBeforeThereIsAServerWaitsForIt() async throws {
        let server = try await EmbeddedRedis.temporary()
        await server.kill()
        var configuration = try RedisConfiguration(url: server.url)
        configuration.deadline = .seconds(20)
        configuration.failuresToOpenCircuit = .max
        let client = RedisClient(configuration)
        #expect(await client.failure() != nil)
        let waiting = (0..<20).map { _ in Task { await client.result(of: RedisCommand("INCR", "n")) } }
        try await server.restart()
        for task in waiting { _ = try await task.value.get() }
        #expect(try await client.get("n") == 20)
        await client.close()
        await server.stop()
    }
}
