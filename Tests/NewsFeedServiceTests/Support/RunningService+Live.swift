import TestSupport

extension RunningService {
    /// A connection that listens to a user's feed, and is heard.
    func listen(as name: String, patience: Duration = .seconds(20)) async throws -> HTTPConnection {
        let connection = try await connect(patience: patience)
        try await connection.send("GET", "/v1/feed/live?user=\(segment(name))")
        _ = try await connection.text(through: "retry: 2000\n\n")
        return connection
    }
}
