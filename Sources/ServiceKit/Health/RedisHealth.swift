public import Redis

extension RedisClient {
    /// A health check: a round trip.
    /// - Throws: ``HealthFailure`` in words that may be shown to anyone.
    public func check() async throws {
        do {
            try await ping()
        } catch {
            switch error.code {
            case .notConnected, .connectionLost: throw HealthFailure("Redis cannot be reached")
            case .timedOut, .circuitOpen: throw HealthFailure("Redis does not answer in time")
            default: throw HealthFailure("Redis refuses commands")
            }
        }
    }
}
