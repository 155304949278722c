import ArgumentParser
import Foundation
import NewsFeedComparison
import Redis
import ServiceKit
import Terminal

/// `news-feed compare`: which way of bringing posts to readers a graph wants.
struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "See what push, pull and hybrids of them cost on a graph, and which of them it wants.",
        discussion: """
            The same posts and reads are done with each strategy, in the same order, by the service's own code on real Redis.

            Without --graph a synthetic graph with celebrities is made. Without --redis (the environment does not count here) a private \
            Redis is started for the moment; one that is given must have an empty database, which is empty again in the end, and \
            nobody else should use that server meanwhile: what others do would be counted.

            Exit codes: 0, 65 the graph cannot be used, 66 there is no such file, 69 Redis did not answer, 73 a file cannot be written.
            """)

    @Option(help: ArgumentHelp("An edge list: a follower and a followee on each line; # begins a comment.", valueName: "file"))
    var graph: String?
    @Flag(help: "Each line of the edge list says that both follow one another.")
    var undirected = false
    @Option(help: "Users of the synthetic graph. (default: 3000)")
    var users: Int?
    @Option(help: "Of push, pull, hybrid and pairwise (Feeding Frenzy, SIGMOD 2010), separated by commas.")
    var strategies = "push,pull,hybrid,pairwise"
    @Option(help: "Of hybrid: followers from which on authors are pulled, separated by commas; without it chosen by the graph.")
    var thresholds: String?
    @Option(help: "Posts that are measured.")
    var posts = 1_000
    @Option(help: "Pages of feeds that are read.")
    var reads = 10_000
    @Option(help: "Reads for each post by which costs are weighed; as many as are measured without it.")
    var readsPerPost: Double?
    @Option(help: "Of the synthetic graph, and of who posts and reads.")
    var seed: UInt64 = 1
    @Option(help: "What is slower is not recommended: milliseconds for a page, p99.")
    var readBoundMs = 10.0
    @Option(help: "What is slower is not recommended: milliseconds from the acceptance of a post until it can be seen, p99.")
    var visibleBoundMs = 1_000.0
    @Option(help: "redis://… or redis+unix://… with an empty database.")
    var redis: String?
    @Option(help: ArgumentHelp("Write the report with its curves to this file, HTML.", valueName: "file"))
    var report: String?
    @Option(help: ArgumentHelp("Write the figures to this file, JSON.", valueName: "file"))
    var json: String?

    func run() async throws {
        try await reportingUsageErrors {
            do {
                let options = try CompareOptions(self)
                for path in [report, json].compactMap(\.self) { try OutputFile.checkWritable(path) }
                let comparison = try options.comparison()
                let result = try await interruptible {
                    var bar = ProgressBar(counting: "operations")
                    defer { bar?.clear() }
                    return try await comparison.run { bar?.update(count: $0.operations, of: $0.totalOperations) }
                }
                try publish(result)
            } catch let error as ComparisonError {
                switch error.code {
                case .databaseInUse: throw UsageError(error.message)
                case .invalidGraph: throw CommandFailure(exitCode: .dataError, error.message)
                case .noInput: throw CommandFailure(exitCode: .noInput, error.message)
                case .redisFailed: throw CommandFailure(exitCode: .unavailable, error.message)
                }
            }
        }
    }

    private func publish(_ result: ComparisonOutcome) throws {
        print(ComparisonTable.render(result), terminator: "")
        if let report { try OutputFile.write(Data(ComparisonReport.render(result).utf8), to: report) }
        if let json { try OutputFile.write(figures: result, to: json) }
    }
}
