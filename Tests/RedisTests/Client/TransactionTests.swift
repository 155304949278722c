import Redis
import TestSupport
import Testing

@Suite struct TransactionTests {
    @Test func allOfThemOrNone() async throws {
        try await withRedis { _, client in
            let values = try await client.transaction([
                RedisCommand("SET", "k", 1), RedisCommand("INCR", "k"), RedisCommand("GET", "k"),
            ])
            #expect(values == [.status("OK"), .integer(2), .bytes(Array("2".utf8))])
            #expect(try await client.transaction([]) == [])

            let error = await #expect(throws: RedisError.self) {
                try await client.transaction([RedisCommand("SET", "k", 9), RedisCommand("GET")])
            }
            #expect(error?.code == .transactionAborted && error?.command == "GET")
            #expect(try await client.get("k") == 2, "none ran")
        }
    }

    @Test func aCommandThatFailsDoesNotUndoTheOthers() async throws {
        try await withRedis { _, client in
            let values = try await client.transaction([
                RedisCommand("SET", "text", "x"), RedisCommand("INCR", "text"), RedisCommand("SET", "after", 1),
            ])
            guard case .error(let reply) = values[1] else { return #expect(Bool(false), "\(values)") }
            #expect(reply.kind == "ERR")
            #expect(try await client.get("after") == 1)
        }
    }

    @Test func aScriptThatTheServerDoesNotKnowYetRunsInside() async throws {
        let script = RedisScript(name: "add", source: "return redis.call('INCRBY', KEYS[1], ARGV[1])")
        try await withRedis { _, client in
            let values = try await client.transaction([
                script.call(keys: ["n"], 5), RedisCommand("GET", "n"), script.call(keys: ["n"], 2),
            ])
            #expect(values == [.integer(5), .bytes(Array("5".utf8)), .integer(7)])
        }
    }

    @Test func aScriptInAPipelineKeepsItsPlace() async throws {
        let script = RedisScript(name: "add", source: "return redis.call('INCRBY', KEYS[1], ARGV[1])")
        try await withRedis { _, client async throws in
            let results = await client.pipeline([
                script.call(keys: ["n"], 5), RedisCommand("INCR", "n"), script.call(keys: ["n"], 5),
            ])
            #expect(try results.map { try $0.get().decode(as: Int.self) } == [5, 6, 11])
        }
    }

    @Test func aWatchedKeyThatChangesAborts() async throws {
        try await withRedis { _, client in
            try await client.withDedicatedConnection { connection in
                _ = try await connection.send(RedisCommand("WATCH", "k"))
                try await client.set("k", to: "other")
                let error = await #expect(throws: RedisError.self) {
                    try await connection.transaction([RedisCommand("SET", "k", "mine")])
                }
                #expect(error?.code == .transactionAborted)
                #expect(try await client.get("k") == "other")

                _ = try await connection.send(RedisCommand("WATCH", "k"))
                _ = try await connection.transaction([RedisCommand("SET", "k", "mine")])
                #expect(try await client.get("k") == "mine")
            }
        }
    }

    @Test func aTransactionNeverRunsWithoutItsWatch() async throws {
        try await withRedis { _, client in
            try await client.withDedicatedConnection { connection in
                _ = try await connection.send(RedisCommand("WATCH", "k"))
                let identifier = try await connection.send(RedisCommand("CLIENT", "ID")).decode(as: Int.self)
                _ = try await client.send(RedisCommand("CLIENT", "KILL", "ID", identifier))
                let error = await #expect(throws: RedisError.self) {
                    try await connection.transaction([RedisCommand("SET", "k", "mine")])
                }
                #expect(error?.code == .connectionLost)
                let later = await connection.failure(of: RedisCommand("PING"))
                #expect(later?.code == .connectionLost && later?.execution == .notSent)
            }
            #expect(try await client.get("k", as: String.self) == nil)
        }
    }
}
