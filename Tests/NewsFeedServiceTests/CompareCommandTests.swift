import EmbeddedRedis
import Foundation
import Redis
import TestSupport
import Testing

/// `news-feed compare`: what strategies cost on a graph.
@Suite(.slots(2))
struct CompareCommandTests {
    private static let edges = "# follower followee\r\na b\r\nb a\r\nc\ta\r\nd a\r\nd b\r\n"
    private static let small = ["--posts", "10", "--reads", "40"]

    private struct Figures: Decodable {
        struct Graph: Decodable {
            let synthetic: Bool
            let users: Int
        }
        struct Outcome: Decodable {
            struct Percentiles: Decodable {
                let p50: Double
                let p99: Double
            }
            let strategy: String
            let threshold: Int?
            let writesPerPost: Double
            let commandsPerPost: Double
            let bytesPerPost: Double
            let memoryBytes: Double
            let visibleMs: Percentiles
            let readMs: Percentiles
        }
        struct Recommendation: Decodable {
            let strategy: String
            let reason: String
        }
        let graph: Graph
        let results: [Outcome]
        let recommendation: Recommendation
    }

    private func withGraph(_ text: String, _ body: (_ path: String, _ folder: String) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/edges.txt"
            try Data(text.utf8).write(to: URL(filePath: path))
            try await body(path, folder)
        }
    }

    private func compare(_ arguments: [String]) async throws -> (exit: RunningProgram.Exit, output: String, errors: String) {
        try await run(.newsFeed, ["compare"] + Self.small + arguments, within: .seconds(60))
    }

    @Test func `a graph gives a table, a report and figures`() async throws {
        try await withGraph(Self.edges) { path, folder in
            let (html, json) = (folder + "/report.html", folder + "/figures.json")
            let result = try await compare(["--graph", path, "--thresholds", "2,3", "--report", html, "--json", json])
            #expect(result.exit == .code(0) && result.errors.isEmpty, "\(result)")
            #expect(result.output.contains("4 users, 5 edges") && result.output.contains("Recommended: "), "\(result.output)")
            #expect(!result.output.contains("synthetic") && !result.output.contains("Warning"), "\(result.output)")

            let figures = try JSONDecoder().decode(Figures.self, from: Data(contentsOf: URL(filePath: json)))
            #expect(!figures.graph.synthetic && figures.graph.users == 4)
            #expect(figures.results.map(\.strategy) == ["push", "pull", "hybrid", "hybrid", "pairwise"])
            #expect(figures.results.map(\.threshold) == [nil, nil, 2, 3, nil])
            #expect(figures.results.allSatisfy { $0.writesPerPost >= 2 && $0.commandsPerPost > 0 && $0.bytesPerPost > 0 })
            #expect(["push", "pull", "hybrid"].contains(figures.recommendation.strategy))
            let page = try String(contentsOfFile: html, encoding: .utf8)
            #expect(page.hasPrefix("<!DOCTYPE html>") && page.contains("edges.txt") && !page.contains("ynthetic"))
        }
    }

    @Test func `without a graph one is made, and called synthetic wherever it is shown`() async throws {
        try await withTemporaryFolder { folder in
            let (html, json) = (folder + "/report.html", folder + "/figures.json")
            let result = try await compare(["--users", "60", "--strategies", "pull", "--report", html, "--json", json])
            #expect(result.exit == .code(0), "\(result)")
            #expect(result.output.contains("synthetic: made up"), "\(result.output)")
            #expect(try String(contentsOfFile: html, encoding: .utf8).contains("<strong>Synthetic.</strong>"))
            let figures = try JSONDecoder().decode(Figures.self, from: Data(contentsOf: URL(filePath: json)))
            #expect(figures.graph.synthetic && figures.results.map(\.strategy) == ["pull"])
        }
    }

    @Test func `a malformed line is named with its number, and exit 65 says so`() async throws {
        try await withGraph("a b\n\nb c d\n") { path, _ in
            let result = try await compare(["--graph", path])
            #expect(result.exit == .code(65) && result.output.isEmpty, "\(result)")
            #expect(result.errors.contains("edges.txt: Line 3 is malformed: it has more than two words"), "\(result.errors)")
        }
    }

    @Test func `a missing file is exit 66, one that cannot be written 73`() async throws {
        try await withGraph(Self.edges) { path, folder in
            let missing = try await compare(["--graph", folder + "/missing.txt"])
            #expect(missing.exit == .code(66) && missing.errors.contains("missing.txt"), "\(missing)")
            let folderAsGraph = try await compare(["--graph", folder])
            #expect(folderAsGraph.exit == .code(66), "\(folderAsGraph)")
            for option in ["--report", "--json"] {
                let result = try await compare(["--graph", path, option, folder + "/nowhere/file"])
                #expect(result.exit == .code(73) && result.output.isEmpty, "\(result)")
            }
        }
    }

    @Test(arguments: [
        ["--strategies", "push,rush"], ["--strategies", ""], ["--thresholds", "5,x"], ["--thresholds", "0"],
        ["--thresholds", "5", "--strategies", "push"], ["--posts", "0"], ["--reads", "-1"], ["--users", "1"], ["--undirected"],
        ["--graph", "x", "--users", "5"], ["--reads-per-post", "0"], ["--read-bound-ms", "nan"], ["--redis", "rediss://host"],
        ["--redis", "nonsense"],
    ])
    func `a mistake in the options is exit 64`(_ arguments: [String]) async throws {
        let result = try await run(.newsFeed, ["compare"] + arguments)
        #expect(result.exit == .code(64) && result.output.isEmpty, "\(result)")
        #expect(result.errors.hasPrefix("Error: "), "\(result.errors)")
    }

    @Test func `a given Redis must be empty, and is again after Ctrl-C`() async throws {
        try await withRedis { server, redis in
            func keys() async throws -> Int { try await redis.send(RedisCommand("DBSIZE")).decode() }
            try await redis.set("somebody's", to: "value")
            let refused = try await compare(["--redis", server.url])
            #expect(refused.exit == .code(64) && refused.errors.contains("is not empty"), "\(refused)")
            #expect(try await keys() == 1)
            try await redis.delete(["somebody's"])

            let arguments = ["compare", "--redis", server.url, "--users", "200", "--reads", "1000000"]
            try await withProgram(.newsFeed, arguments) { program in
                try await eventually("posts are there", within: .seconds(30)) { try await keys() > 500 }
                program.signal(SIGINT)
                #expect(try await program.exit() == .code(130))
                #expect(try await keys() == 0)
            }
        }
    }

    @Test func `a Redis that is not there is exit 69`() async throws {
        let result = try await compare(["--redis", "redis+unix:///nonexistent/redis.sock"])
        #expect(result.exit == .code(69) && !result.errors.isEmpty, "\(result)")
    }
}
