import Redis
import RideHailing
import ServiceKit

extension HealthChecks {
    /// Redis answers, rides are told of and brought to drivers.
    static func ofRides(_ rides: RideHailing, redis: RedisClient) -> HealthChecks {
        HealthChecks(
            [
                ("redis", { try await redis.check() }),
                ("rides", { try await rides.check() }),
            ],
            reports: [("matching", { try await rides.matchingReport() })])
    }
}

extension RideHailing {
    fileprivate func check() async throws {
        do { try await probe() } catch { throw HealthFailure(error.description) }
    }

    /// How far matching is behind.
    /// - Throws: `HealthFailure` when rides wait and nobody, in any process, brings them to drivers.
    fileprivate func matchingReport() async throws -> JSONText {
        let lag: MatchingLag
        do { lag = try await matchingLag() } catch { throw HealthFailure(error.description) }
        let milliseconds = Int(lag.oldestOverdue / .milliseconds(1))
        guard !lag.isStalled else {
            throw HealthFailure(
                "\(lag.waiting) rides waiting, the oldest for \(milliseconds / 1000) s, and no matcher brings them to drivers")
        }
        return .object([("waiting", .integer(lag.waiting)), ("oldestOverdueMs", .integer(milliseconds))])
    }
}
