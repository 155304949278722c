public import Testing

/// Asks again and again until the condition holds. Records an issue and throws when the time is up, so that a test never
/// goes on from a state that it did not reach.
///
/// An error of the condition counts as "not yet"; the last one is named in the issue.
public func eventually(
    _ comment: String = "", within limit: Duration = .seconds(10), isolation: isolated (any Actor)? = #isolation,
    sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    var lastError: (any Error)?
    repeat {
        do {
            if try await condition() { return }
            lastError = nil
        } catch {
            lastError = error
        }
        try await Task.sleep(for: .milliseconds(5))
    } while ContinuousClock.now < deadline
    let failure = NotInTime(comment: comment, limit: limit, lastError: lastError)
    Issue.record(failure, sourceLocation: sourceLocation)
    throw failure
}

/// A condition did not come true in time.
public struct NotInTime: Error, CustomStringConvertible {
    public let comment: String
    public let limit: Duration
    public let lastError: (any Error)?

    public var description: String {
        "did not come true within \(limit)" + (comment.isEmpty ? "" : ": \(comment)") + (lastError.map { "; \($0)" } ?? "")
    }
}
