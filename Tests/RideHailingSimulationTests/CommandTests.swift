import EmbeddedRedis
import Foundation
import Redis
import TestSupport
import Testing

@Suite("ride-hailing simulate and compare", .slots(2))
struct CommandTests {
    /// Who gets no driver is told soon.
    private static let deadline = ["--match-deadline-seconds", "8"]

    private struct Figures: Decodable {
        struct Invariants: Decodable {
            let logWasRead: Bool
            let changes: Int
            let rides: Int
            let violations: [String]
        }
        let requested: Int
        let matched: Int
        let cancelled: Int
        let completed: Int
        let unmatched: [String: Int]
        let invariants: Invariants
    }
    private struct Comparison: Decodable {
        struct Result: Decodable {
            let spread: String
            let index: String
            let updatesPerSecond: Double
            let memoryBytes: Int
        }
        let results: [Result]
        let differingAnswers: Int
    }

    private func figures<Value: Decodable>(_ path: String, _ type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: URL(filePath: path)))
    }

    @Test("A city on a service of its own: riders get drivers, and nothing is broken")
    func ownService() async throws {
        try await withTemporaryFolder { folder in
            let demand = folder + "/demand.csv"
            try Data("timestamp,value\n2014-07-01 00:00:00,1\n2014-07-01 00:30:00,10844\n".utf8).write(to: URL(filePath: demand))
            let result = try await run(
                .rideHailing,
                [
                    "simulate", "--drivers", "30", "--requests-per-minute", "4", "--minutes", "10", "--speed", "120", "--demand",
                    demand, "--begin", "2014-07-01 00:30", "--json", folder + "/figures.json",
                ] + Self.deadline, within: .seconds(120))
            #expect(result.exit == .code(0) && result.errors.isEmpty, "\(result)")
            #expect(result.output.contains("Invariants hold"), "\(result.output)")
            let figures: Figures = try figures(folder + "/figures.json")
            #expect(figures.requested > 10 && figures.matched > 0, "\(figures)")
            #expect(
                figures.matched + figures.cancelled + figures.unmatched.values.reduce(0, +) >= figures.requested, "\(figures)")
            #expect(figures.invariants.logWasRead && figures.invariants.rides == figures.requested, "\(figures)")
        }
    }

    @Test("A service that runs already, and the log of its rides")
    func givenService() async throws {
        try await withFleet(.rideHailing, of: 1, Self.deadline) { server, services in
            try await withTemporaryFolder { folder in
                let result = try await run(
                    .rideHailing,
                    [
                        "simulate", "--drivers", "10", "--requests-per-minute", "2", "--minutes", "5", "--speed", "120",
                        "--service",
                        "http://127.0.0.1:\(services[0].port)", "--redis", server.url, "--json", folder + "/figures.json",
                    ] + Self.deadline, within: .seconds(120))
                #expect(result.exit == .code(0), "\(result)")
                let figures: Figures = try figures(folder + "/figures.json")
                #expect(figures.invariants.logWasRead && figures.invariants.violations.isEmpty, "\(figures)")
            }
        }
    }

    @Test("Broken invariants are exit code 1: a log that says that a driver has two rides")
    func broken() async throws {
        try await withFleet(.rideHailing, of: 1, Self.deadline) { server, services in
            try await withClient(of: server) { redis in
                let lying = Task {
                    // As if scripts had not looked; until the simulation has ended.
                    var number = 0
                    while !Task.isCancelled {
                        number += 1
                        for (version, status) in ["requested", "offered", "accepted"].enumerated() {
                            _ = try? await redis.send(
                                RedisCommand(
                                    "XADD", "ride-hailing:{rides}:log", "*", "ride", "lie\(number)", "version", version + 1,
                                    "status",
                                    status, "by", "x", "driver", status == "accepted" ? "x" : "", "opened",
                                    status == "offered" ? "x" : ""))
                        }
                        try? await Task.sleep(for: .milliseconds(50))
                    }
                }
                let result = try await run(
                    .rideHailing,
                    [
                        "simulate", "--drivers", "2", "--minutes", "1", "--speed", "120", "--service",
                        "http://127.0.0.1:\(services[0].port)", "--redis", server.url,
                    ] + Self.deadline, within: .seconds(120))
                lying.cancel()
                #expect(result.exit == .code(1) && result.output.contains("broken"), "\(result)")
            }
        }
    }

    @Test(
        "What is not in order is said",
        arguments: [
            ("simulate --drivers 0", Int32(64)), ("simulate --speed 0", 64), ("simulate --minutes nan", 64),
            ("simulate --service https://example.org", 64), ("simulate --redis redis://127.0.0.1", 64),
            ("simulate --begin 2014", 64),
            ("simulate --demand /nowhere", 66), ("simulate --demand /etc/passwd", 65), ("simulate --json /nowhere/x.json", 73),
            ("simulate --service http://127.0.0.1:1", 69), ("compare --drivers 0", 64), ("compare --limit 101", 64),
            ("compare --json /nowhere/x.json", 73),
        ] as [(String, Int32)])
    func usage(line: String, code: Int32) async throws {
        let result = try await run(.rideHailing, line.split(separator: " ").map(String.init), within: .seconds(60))
        #expect(result.exit == .code(code) && result.output.isEmpty && result.errors.hasPrefix("Error: "), "\(result)")
    }

    @Test("The comparison's answers are the same, whatever finds them")
    func compare() async throws {
        try await withTemporaryFolder { folder in
            let result = try await run(
                .rideHailing,
                ["compare", "--drivers", "500", "--updates", "1000", "--queries", "50", "--json", folder + "/figures.json"],
                within: .seconds(120))
            #expect(result.exit == .code(0) && result.output.contains("All answers are the same"), "\(result)")
            let comparison: Comparison = try figures(folder + "/figures.json")
            #expect(comparison.differingAnswers == 0 && comparison.results.count == 6)
            #expect(comparison.results.allSatisfy { $0.updatesPerSecond > 0 && $0.memoryBytes > 0 })
            #expect(Set(comparison.results.map(\.index)) == ["service", "geo-set", "quadtree"])
            #expect(Set(comparison.results.map(\.spread)) == ["uniform", "dense"])
        }
    }
}
