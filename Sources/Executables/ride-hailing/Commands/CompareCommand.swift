import ArgumentParser
import EmbeddedRedis
import Redis
import RideHailing
import RideHailingSimulation
import ServiceKit
import Terminal

/// `ride-hailing compare`: what finding the nearest drivers costs, with Redis and with a tree in the process.
struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "See what Redis' GEO sets cost against a quadtree in the process, for the same drivers.",
        discussion: """
            The same drivers, moves and searches, spread evenly over a city and with a dense center: as the service keeps them, in one \
            GEO set, and in a quadtree in memory. Each has a private Redis for the moment; answers are compared, too.

            Exit codes: 0, 1 answers differed, 69 Redis did not answer, 73 a file cannot be written.
            """)

    @Option(help: "Drivers. (default: 100000)")
    var drivers: Int?
    @Option(help: "Moves that are measured. (default: 200000)")
    var updates: Int?
    @Option(help: "Searches that are measured. (default: 2000)")
    var queries: Int?
    @Option(help: "So far a search looks. (default: 3000)")
    var radiusMeters: Int?
    @Option(help: "So many drivers a search wants. (default: 10)")
    var limit: Int?
    @Option(help: "Of where drivers are, go, and are looked for.")
    var seed: UInt64 = 1
    @Option(help: ArgumentHelp("Write the figures to this file, JSON.", valueName: "file"))
    var json: String?

    func run() async throws {
        try await reportingUsageErrors {
            let comparison = try comparison()
            if let json { try OutputFile.checkWritable(json) }
            let outcome: IndexComparisonOutcome
            do {
                outcome = try await interruptible {
                    var bar = ProgressBar(counting: "operations")
                    defer { bar?.clear() }
                    return try await comparison.run { bar?.update(count: $0, of: comparison.operations) }
                }
            } catch let error as RedisError {
                throw CommandFailure(exitCode: .unavailable, "\(error)")
            } catch RideHailingError.redis(let error) {
                throw CommandFailure(exitCode: .unavailable, "\(error)")
            } catch let error as EmbeddedRedisError {
                throw CommandFailure(exitCode: .unavailable, error.message)
            }
            print(outcome.table, terminator: "")
            if let json { try OutputFile.write(figures: outcome, to: json) }
            if outcome.differingAnswers > 0 { throw ExitCode(1) }
        }
    }

    private func comparison() throws -> IndexComparison {
        let settings = Settings(environment: [:])
        var comparison = IndexComparison()
        if let drivers = try settings.integer("drivers", drivers, in: 1...1_000_000) { comparison.drivers = drivers }
        if let updates = try settings.integer("updates", updates, in: 1...100_000_000) { comparison.updates = updates }
        if let queries = try settings.integer("queries", queries, in: 1...10_000_000) { comparison.queries = queries }
        if let radius = try settings.integer("radius-meters", radiusMeters, in: 1...50_000) {
            comparison.radiusMeters = Double(radius)
        }
        if let limit = try settings.integer("limit", limit, in: 1...100) { comparison.limit = limit }
        comparison.seed = seed
        return comparison
    }
}
