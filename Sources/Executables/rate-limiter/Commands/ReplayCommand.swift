import ArgumentParser
import EmbeddedRedis
import Foundation
import Logging
import NIOPosix
import RateLimiter
import RateLimiterReplay
import Redis
import ServiceKit
import Terminal

/// `rate-limiter replay`: what a limit would have done to the requests of an access log.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "See what a limit would have admitted and refused of an access log, for each algorithm side by side.",
        discussion: "The scripts that decide live requests decide here too, on a Redis of their own, by the log's clock.")

    enum Algorithms: String, CaseIterable, ExpressibleByArgument {
        case all
        case tokenBucket = "token-bucket"
        case slidingWindow = "sliding-window"
        case fixedWindow = "fixed-window"
    }

    @Argument(help: "An access log in the common or combined format, plain or gzip.")
    var accessLog: String
    @Option(help: "How much each key may do: 100/1m, 5/250ms, 1000/1d.")
    var limit: String
    @Option(help: "Whose limit a request counts against: ip, user, method, path, referer, agent, or several as ip+path.")
    var by = "ip"
    @Option(help: "all, token-bucket, sliding-window or fixed-window.")
    var algorithm = Algorithms.all
    @Option(help: "Write the report with its curves to this file, HTML.")
    var report: String?
    @Option(help: "Write the figures to this file, JSON.")
    var json: String?

    func run() async throws {
        do {
            try await replay()
        } catch let error as ReplayError {
            switch error.code {
            case .invalidKey: throw ValidationError(error.message)
            case .missingFile, .isDirectory, .unreadable: throw CommandFailure(exitCode: .noInput, error.message)
            default: throw CommandFailure(exitCode: .dataError, error.message)
            }
        } catch let error as RateLimiterError {
            throw ValidationError("--\(error)")
        }
    }

    private func replay() async throws {
        let configuration = ReplayConfiguration(
            path: accessLog, limit: try RateLimitQuota(parsing: limit), key: try ReplayKey(parsing: by))
        let policies = try algorithms.map { algorithm in
            try RateLimitPolicy(
                name: "replay", algorithm: algorithm, capacity: configuration.limit.count,
                refillPeriodMs: Int(configuration.limit.periodMs))
        }
        let server = try await EmbeddedRedis.temporary(extraArguments: ["--appendonly", "no"])
        let client = RedisClient(try RedisConfiguration(url: server.url))
        do {
            let result = try await run(configuration, policies, client)
            await client.close()
            await server.stop()
            try publish(result)
        } catch {
            await client.close()
            await server.stop()
            throw error
        }
    }

    private var algorithms: [RateLimitPolicy.Algorithm] {
        RateLimitPolicy.Algorithm(rawValue: algorithm.rawValue).map { [$0] } ?? RateLimitPolicy.Algorithm.allCases
    }

    private func run(
        _ configuration: ReplayConfiguration, _ policies: [RateLimitPolicy], _ client: RedisClient
    ) async throws -> ReplayResult {
        let replay = Replay(
            configuration: configuration,
            deciders: policies.map { ($0.algorithm.rawValue, ScriptDecider(policy: $0, redis: client)) })
        var bar = ProgressBar(counting: "lines")
        defer { bar?.clear() }
        return try await replay.run { bar?.update(readBytes: $0.readBytes, of: $0.totalBytes, count: $0.lines) }
    }

    private func publish(_ result: ReplayResult) throws {
        print(ReplayTable.render(result), terminator: "")
        if let report { try write(Data(ReplayReport.render(result).utf8), to: report) }
        if let json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try write(try encoder.encode(result), to: json)
        }
        if let damage = result.damage { throw damage }
    }

    private func write(_ data: Data, to path: String) throws {
        do {
            try data.write(to: URL(filePath: path))
        } catch {
            throw CommandFailure(exitCode: .cannotCreate, "\(path) cannot be written: \(error.localizedDescription)")
        }
    }
}

/// Decides replayed requests by an algorithm's script.
private struct ScriptDecider: ReplayDecider {
    let policy: RateLimitPolicy
    let redis: RedisClient

    func decide(_ requests: [ReplayRequest]) async throws -> [Bool] {
        let calls = requests.map { policy.call(key: $0.key, cost: $0.cost, at: Int($0.time)) }
        return try await redis.pipeline(calls, deadline: .seconds(60)).map { reply in
            guard let isAdmitted = RateLimitPolicy.isAdmitted(by: try reply.get()) else {
                throw ReplayError(.brokenDecider, "Redis gave an answer that is no decision.")
            }
            return isAdmitted
        }
    }
}
