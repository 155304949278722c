import Hummingbird
import NIOCore

/// Whether a service does its work, rather than whether its port is open.
public struct HealthChecks: Sendable {
    /// Throws ``HealthFailure`` when the function it stands for does not work.
    public typealias Check = @Sendable () async throws -> Void
    /// A check that also tells how it goes.
    public typealias Report = @Sendable () async throws -> JSONText
    private let checks: [(name: String, check: @Sendable () async throws -> JSONText?)]
    private static let deadline = Duration.seconds(2)

    /// - Parameters:
    ///   - checks: each by the name under which its failure is told.
    ///   - reports: each by the name under which its failure, or what it reports, is told.
    public init(_ checks: [(name: String, check: Check)], reports: [(name: String, report: Report)] = []) {
        self.checks =
            checks.map { name, check in
                (
                    name,
                    {
                        try await check()
                        return nil
                    }
                )
            } + reports.map { ($0, $1) }
    }

    private enum Outcome: Sendable {
        case passed(JSONText?)
        case failed(String)
    }

    /// Runs all checks at once.
    /// - Returns: why the service is not ready, a sentence for each check that failed.
    func failures() async -> [String] {
        await outcomes().compactMap { name, outcome in
            guard case .failed(let reason) = outcome else { return nil }
            return "\(name): \(reason)"
        }
    }

    private func outcomes() async -> [(name: String, outcome: Outcome)] {
        await withTaskGroup(of: (Int, Outcome).self) { group in
            for (index, (_, check)) in checks.enumerated() {
                group.addTask { (index, await Self.outcome(of: check)) }
            }
            return await group.reduce(into: [(Int, Outcome)]()) { $0.append($1) }
                .sorted { $0.0 < $1.0 }.map { (checks[$0].name, $1) }
        }
    }

    private static func outcome(of check: @escaping @Sendable () async throws -> JSONText?) async -> Outcome {
        // The first to speak. No task group: it would wait for a check that hangs and does not heed its cancellation.
        let (results, result) = AsyncStream.makeStream(of: Outcome.self, bufferingPolicy: .bufferingOldest(1))
        let checking = Task {
            do {
                result.yield(.passed(try await check()))
            } catch {
                result.yield(.failed((error as? HealthFailure)?.reason ?? "failed"))
            }
        }
        let waiting = Task {
            try? await Task.sleep(for: deadline)
            result.yield(.failed("no answer within \(deadline.components.seconds) s"))
        }
        defer {
            checking.cancel()
            waiting.cancel()
        }
        for await result in results { return result }
        return .failed("cancelled")
    }

    /// `/health/live` and `/health/ready`.
    func addRoutes(to router: Router<ServiceRequestContext>) {
        router.get("/health/live") { _, _ in Response.json(#"{"status":"live"}"#) }
        router.get("/health/ready") { _, _ in
            var failures: [String] = []
            var members: [(String, JSONText)] = [("status", .string("ready"))]
            for (name, outcome) in await outcomes() {
                switch outcome {
                case .failed(let reason): failures.append("\(name): \(reason)")
                case .passed(let report): if let report { members.append((name, report)) }
                }
            }
            guard failures.isEmpty else { throw Problem(.serviceUnavailable, failures.joined(separator: "; ")) }
            return Response.json(JSONText.object(members).text)
        }
    }
}

/// Why a function does not work, in words that may be shown to anyone.
public struct HealthFailure: Error {
    public let reason: String

    public init(_ reason: String) {
        self.reason = reason
    }
}
