import NIOPosix
import Redis
import TestSupport
import Testing

/// Password, user, database: what is said before the first command.
@Suite struct GreetingTests {
    @Test func aPassword() async throws {
        let arguments = ["--requirepass", "s3cret"]
        try await withRedis(extraArguments: arguments, configure: { $0.password = "s3cret" }) { server, client in
            try await client.set("k", to: 1)
            for password in ["wr0ng", nil] {
                func asStranger(_ configuration: inout RedisConfiguration) {
                    configuration.password = password
                    configuration.deadline = .milliseconds(100)
                }
                try await withClient(of: server, configure: asStranger) { stranger in
                    try await eventually { await stranger.failure()?.message.contains("refused the greeting") == true }
                    let error = await stranger.failure(of: RedisCommand("GET", "k"))
                    #expect(error?.execution == .notSent)
                    #expect(!String(describing: error).contains("wr0ng"))
                }
            }
        }
    }

    @Test func aUserWhoMayDoLittle() async throws {
        let arguments = ["--user", "alice", "on", ">s3cret", "~*", "+get", "+set", "+ping", "+select", "+client|id"]
        try await withRedis(extraArguments: arguments) { server, _ in
            func asAlice(_ configuration: inout RedisConfiguration) {
                configuration.username = "alice"
                configuration.password = "s3cret"
                configuration.database = 2
            }
            try await withClient(of: server, configure: asAlice) { client in
                try await client.set("k", to: "v")
                #expect(try await client.get("k") == "v")
                #expect(await client.failure(of: RedisCommand("FLUSHALL"))?.reply?.kind == "NOPERM")
            }
        }
    }

    @Test func aDatabase() async throws {
        try await withRedis { server, zero in
            try await withClient(of: server, configure: { $0.database = 3 }) { three in
                try await three.set("k", to: "three")
                #expect(try await zero.get("k", as: String.self) == nil)
                #expect(try await three.get("k") == "three")
                // Also on the connections that come after a loss.
                _ = try await zero.send(RedisCommand("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"))
                for _ in 0..<10 { #expect(try await three.get("k") == "three") }
            }
            try await withClient(
                of: server,
                configure: {
                    $0.database = 99; $0.deadline = .milliseconds(50)
                }
            ) { none in
                try await eventually { await none.failure()?.message.contains("refused the greeting") == true }
                #expect(await none.failure(of: RedisCommand("SET", "k", 1))?.execution == .notSent)
            }
        }
    }
}
