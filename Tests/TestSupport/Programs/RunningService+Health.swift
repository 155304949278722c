public import Testing

extension RunningService {
    public func isReady() async throws -> Bool { try await request("GET", "/health/ready").status == 200 }

    /// Waits until it says that it is ready, as long as it may take from Redis' return.
    public func becomesReady(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await eventually("ready", within: .seconds(10), sourceLocation: sourceLocation) {
            let reply = try await request("GET", "/health/ready")
            return reply.status == 200 && reply.text.hasPrefix(#"{"status":"ready""#)
                && reply["Content-Type"] == "application/json"
        }
    }

    /// Waits until it says that it is not ready, and why, as long as it may take; it stays alive meanwhile.
    /// - Parameter word: what the reason must hold.
    public func becomesUnready(saying word: String = "edis", sourceLocation: SourceLocation = #_sourceLocation) async throws {
        var answer: HTTPReply?
        try await eventually("not ready", within: .seconds(5), sourceLocation: sourceLocation) {
            answer = try await request("GET", "/health/ready")
            return answer?.status == 503
        }
        try expectProblem(try #require(answer), 503, word, sourceLocation: sourceLocation)
        let live = try await request("GET", "/health/live")
        #expect(live.status == 200 && live.text == #"{"status":"live"}"#, "\(live)", sourceLocation: sourceLocation)
    }
}

/// Waits for a condition on each of the instances, all at the same time.
public func everywhere(
    _ services: [RunningService], _ comment: String, within limit: Duration = .seconds(10),
    sourceLocation: SourceLocation = #_sourceLocation, _ condition: @Sendable @escaping (RunningService) async throws -> Bool
) async throws {
    try await withThrowingTaskGroup { group in
        for (index, service) in services.enumerated() {
            group.addTask {
                try await eventually("instance \(index) \(comment)", within: limit, sourceLocation: sourceLocation) {
                    try await condition(service)
                }
            }
        }
        try await group.waitForAll()
    }
}
