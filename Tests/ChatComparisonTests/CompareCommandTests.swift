import EmbeddedRedis
import Foundation
import Redis
import TestSupport
import Testing

/// `chat compare`.
@Suite(.serialized)
struct CompareCommandTests {
    private struct Figures: Decodable {
        struct Work: Decodable {
            let members: Int
            let online: Int
        }
        struct Outcome: Decodable {
            struct Cost: Decodable {
                let commands: Double
            }
            let strategy: String
            let message: Cost
        }
        struct Recommendation: Decodable {
            let strategy: String
        }
        let work: Work
        let results: [Outcome]
        let recommendation: Recommendation
    }

    @Test func `a comparison gives a table and figures`() async throws {
        try await withTemporaryFolder { folder in
            let json = folder + "/figures.json"
            let arguments = ["compare", "--members", "20", "--messages", "5", "--online", "50", "--json", json]
            let result = try await run(.chat, arguments, within: .seconds(60))
            #expect(result.exit == .code(0) && result.errors.isEmpty, "\(result)")
            #expect(result.output.contains("20 members, 10 of them") && result.output.contains("Recommended: "))
            let figures = try JSONDecoder().decode(Figures.self, from: Data(contentsOf: URL(filePath: json)))
            #expect(figures.work.members == 20 && figures.work.online == 10)
            #expect(figures.results.map(\.strategy) == ["inboxes", "log"] && figures.results.map(\.message.commands) == [21, 1])
            #expect(["inboxes", "log"].contains(figures.recommendation.strategy))
        }
    }

    @Test(arguments: [
        ["--members", "1"], ["--messages", "0"], ["--online", "101"], ["--text-bytes", "0"], ["--returns-per-message", "-1"],
        ["--bound-ms", "nan"], ["--redis", "nonsense"], ["--redis", "rediss://host"],
    ])
    func `a mistake in the options is exit 64`(_ arguments: [String]) async throws {
        let result = try await run(.chat, ["compare"] + arguments)
        #expect(result.exit == .code(64) && result.output.isEmpty, "\(result)")
        #expect(result.errors.hasPrefix("Error: "), "\(result.errors)")
    }

    @Test func `a given Redis must be empty, and is again after Ctrl-C`() async throws {
        try await withRedis { server, redis in
            func keys() async throws -> Int { try await redis.send(RedisCommand("DBSIZE")).decode() }
            try await redis.set("somebody's", to: "value")
            let refused = try await run(.chat, ["compare", "--redis", server.url])
            #expect(refused.exit == .code(64) && refused.errors.contains("is not empty"), "\(refused)")
            #expect(try await keys() == 1)
            try await redis.delete(["somebody's"])

            let arguments = ["compare", "--redis", server.url, "--members", "100", "--messages", "100000"]
            try await withProgram(.chat, arguments) { program in
                try await eventually("members are there", within: .seconds(30)) { try await keys() > 200 }
                program.signal(SIGINT)
                #expect(try await program.exit() == .code(130))
                #expect(try await keys() == 0)
            }
        }
    }

    @Test func `a Redis that is not there is exit 69, a file that cannot be written 73`() async throws {
        let away = try await run(.chat, ["compare", "--redis", "redis+unix:///nonexistent/redis.sock"])
        #expect(away.exit == .code(69) && !away.errors.isEmpty, "\(away)")
        let unwritable = try await run(.chat, ["compare", "--json", "/nonexistent/figures.json"])
        #expect(unwritable.exit == .code(73) && unwritable.output.isEmpty, "\(unwritable)")
    }
}
