import Redis
import TestSupport
import Testing

@Suite struct ScriptTests {
    private let increment = RedisScript(name: "increment", source: "return redis.call('INCR', KEYS[1]) + ARGV[1] * 0")

    @Test func aScriptThatTheServerDoesNotKnowIsSentOnce() async throws {
        try await withRedis { _, client in
            #expect(try await client.evaluate(increment, keys: ["n"], 1) == .integer(1))
            #expect(try await client.evaluate(increment, keys: ["n"], 1) == .integer(2))
            let statistics = try await client.send(RedisCommand("INFO", "commandstats")).decode(as: String.self)
            #expect(statistics.contains("cmdstat_eval:calls=1,"))
            #expect(statistics.contains("cmdstat_evalsha:calls=2,"))
        }
    }

    @Test func flushesUnderLoadAreNotNoticed() async throws {
        try await withRedis { _, client in
            let failures = await withTaskGroup { group in
                for task in 0..<20 {
                    group.addTask {
                        var failures = 0
                        for round in 0..<100 {
                            if task == 0 { _ = try? await client.send(RedisCommand("SCRIPT", "FLUSH")) }
                            let result = await client.result(of: increment.call(keys: ["n"], round))
                            if case .failure = result { failures += 1 }
                        }
                        return failures
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(failures == 0)
            let count = try await client.get("n", as: Int.self)
            #expect(count == 2_000, "each call ran once")
        }
    }

    @Test func anErrorOfAScriptNamesIt() async throws {
        try await withRedis { _, client in
            let script = RedisScript(name: "broken", source: "return redis.error_reply('OOPS on purpose')")
            let error = await client.failure(of: script.call(keys: []))
            #expect(error?.reply?.kind == "OOPS" && error?.command == "broken")
        }
    }
}
