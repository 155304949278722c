import ArgumentParser
import ChatComparison
import Redis
import RedisMeasuring
import ServiceKit
import Terminal

/// `chat compare`: how messages to a group of some size are best fanned out.
struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "See what each way of fanning out messages costs for a group of some size, and which of them it wants.",
        discussion: """
            The same messages go to two groups of that size, by the service's own code on real Redis: in one each message is noted with \
            each member, in the other members look into the group's log.

            Without --redis (the environment does not count here) a private Redis is started for the moment; one that is given must have \
            an empty database, which is empty again in the end, and nobody else should use that server meanwhile.

            Exit codes: 0, 64 not in order, 69 Redis did not answer, 73 a file cannot be written.
            """)

    @Option(help: "Of the group.")
    var members = 1_000
    @Option(help: "That are sent to it, one after the other.")
    var messages = 100
    @Option(help: "How many of the members are connected, in percent.")
    var online = 100
    @Option(help: "Of each message's text.")
    var textBytes = 100
    @Option(help: "How often each member comes back for each message, by which costs are weighed.")
    var returnsPerMessage = 0.1
    @Option(help: "What is slower is not recommended: milliseconds until the last member has a message, p99.")
    var boundMs = 500.0
    @Option(help: "redis://… or redis+unix://… with an empty database.")
    var redis: String?
    @Option(help: ArgumentHelp("Write the figures to this file, JSON.", valueName: "file"))
    var json: String?

    func run() async throws {
        try await reportingUsageErrors {
            let comparison = FanOutComparison(try work(), bound: boundMs, redis: try place())
            if let json { try OutputFile.checkWritable(json) }
            do {
                let result = try await interruptible {
                    var bar = ProgressBar(counting: "operations")
                    defer { bar?.clear() }
                    return try await comparison.run { bar?.update(count: $0, of: $1) }
                }
                print(FanOutTable.render(result), terminator: "")
                if let json { try OutputFile.write(figures: result, to: json) }
            } catch let error as FanOutError {
                switch error.code {
                case .databaseInUse: throw UsageError(error.description)
                case .redisFailed: throw CommandFailure(exitCode: .unavailable, error.description)
                }
            }
        }
    }

    private func work() throws -> FanOutWork {
        let settings = Settings(environment: [:])
        _ = try settings.integer("members", members, in: 2...50_000)
        _ = try settings.integer("messages", messages, in: 1...100_000)
        _ = try settings.integer("online", online, in: 1...100)
        _ = try settings.integer("text-bytes", textBytes, in: 1...16_384)
        for (name, value) in [("returns-per-message", returnsPerMessage), ("bound-ms", boundMs)] {
            guard value >= 0, value <= 1_000_000 else { throw UsageError("--\(name) is \(value); it goes from 0 to 1000000.") }
        }
        var work = FanOutWork(members: members, messages: messages)
        work.online = max(1, members * online / 100)
        (work.textBytes, work.returnsPerMessage) = (textBytes, returnsPerMessage)
        return work
    }

    private func place() throws -> ComparisonRedis {
        guard let redis else { return .temporary() }
        do throws(RedisError) {
            return .given(try RedisConfiguration(url: redis))
        } catch {
            throw UsageError("--redis: \(error.message).")
        }
    }
}
