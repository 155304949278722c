import ArgumentParser
import Logging
import NIOCore
import RateLimiter
import Redis
import ServiceKit

/// `rate-limiter check`: one check from a shell. Exit code 0: allowed, 1: refused.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check once, against Redis itself: exit code 0 when allowed, 1 when refused.",
        discussion: "Without --redis it uses the private Redis of the service in --data-dir, whether it runs or not.")

    @OptionGroup var redis: RedisOptions
    @Option(help: "The policy's name.")
    var policy: String
    @Option(help: "Whom the limit concerns: a user, an address.")
    var key: String
    @Option(help: "What the request takes.")
    var cost = 1

    func run() async throws {
        try await reportingUsageErrors {
            let source = try RedisSource(name: ServeCommand.serviceName, options: redis)
            let logger = Logger.standardError(ServeCommand.serviceName, level: max(.error, source.logLevel))
            let decision = try await source.withClient(logger) { client in
                try await check(with: RateLimiter(redis: client, logger: logger))
            }
            var text = ByteBuffer()
            CheckAnswer(decision).writeBody(to: &text)
            print(String(buffer: text))
            if !decision.allowed { throw ExitCode(1) }
        }
    }

    private func check(with limiter: RateLimiter) async throws -> RateLimitDecision {
        do throws(RateLimiterError) {
            try await limiter.refreshPolicies()
            return try await limiter.check(RateLimitCheck(policy: policy, key: key, cost: cost))
        } catch {
            if case .redis(let cause) = error { throw CommandFailure(exitCode: .unavailable, "\(cause)") }
            throw UsageError(error.description)
        }
    }
}
