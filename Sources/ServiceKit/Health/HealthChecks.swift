import Hummingbird
import NIOCore

/// Whether a service does its work, rather than whether its port is open.
public struct HealthChecks: Sendable {
    /// Throws ``HealthFailure`` when the function it stands for does not work.
    public typealias Check = @Sendable () async throws -> Void
    private let checks: [(name: String, check: Check)]
    private static let deadline = Duration.seconds(2)

    /// - Parameter checks: each by the name under which its failure is told.
    public init(_ checks: [(name: String, check: Check)]) {
        self.checks = checks
    }

    /// Runs all checks at once.
    /// - Returns: why the service is not ready, a sentence for each check that failed.
    func failures() async -> [String] {
        await withTaskGroup(of: (Int, String)?.self) { group in
            for (index, (name, check)) in checks.enumerated() {
                group.addTask {
                    await Self.failure(of: check).map { (index, "\(name): \($0)") }
                }
            }
            return await group.reduce(into: [(Int, String)]()) { failures, failure in
                if let failure { failures.append(failure) }
            }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private static func failure(of check: @escaping Check) async -> String? {
        // The first to speak. No task group: it would wait for a check that hangs and does not heed its cancellation.
        let (results, result) = AsyncStream.makeStream(of: String?.self, bufferingPolicy: .bufferingOldest(1))
        let checking = Task {
            do {
                try await check()
                result.yield(nil)
            } catch {
                result.yield((error as? HealthFailure)?.reason ?? "failed")
            }
        }
        let waiting = Task {
            try? await Task.sleep(for: deadline)
            result.yield("no answer within \(deadline.components.seconds) s")
        }
        defer {
            checking.cancel()
            waiting.cancel()
        }
        for await result in results { return result }
        return "cancelled"
    }

    /// `/health/live` and `/health/ready`.
    func addRoutes(to router: Router<ServiceRequestContext>) {
        router.get("/health/live") { _, _ in Response.json(#"{"status":"live"}"#) }
        router.get("/health/ready") { _, _ in
            let failures = await failures()
            guard failures.isEmpty else { throw Problem(.serviceUnavailable, failures.joined(separator: "; ")) }
            return Response.json(#"{"status":"ready"}"#)
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
