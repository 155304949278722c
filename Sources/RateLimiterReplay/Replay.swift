/// Replays an access log against rate limiting algorithms, side by side.
public struct Replay: Sendable {
    private let configuration: ReplayConfiguration
    private let deciders: [(name: String, decider: any ReplayDecider)]

    /// - Parameter deciders: at least one; each decides every request, in batches, at the same time as the others.
    public init(configuration: ReplayConfiguration, deciders: [(name: String, decider: any ReplayDecider)]) {
        self.configuration = configuration
        self.deciders = deciders
    }

    /// Reads the log to its end.
    ///
    /// Memory is bounded but for a small record of each different key. A log that can be read only in part is replayed that
    /// far, and ``ReplayResult/damage`` says why it ended.
    ///
    /// - Parameter progress: called after each part of the file, often.
    /// - Throws: ``ReplayError`` when nothing could be replayed; whatever a decider throws; `CancellationError`.
    public func run(progress: (ReplayProgress) -> Void = { _ in }) async throws -> ReplayResult {
        let reader = try AccessLogReader(path: configuration.path)
        var session = ReplaySession(configuration: configuration, algorithms: deciders.map(\.name))
        var damage: ReplayError?
        var isAtEnd = false
        while !isAtEnd {
            do {
                isAtEnd = try !reader.readChunk { session.read($0) }
            } catch {
                damage = error
                isAtEnd = true
            }
            progress(session.progress(of: reader))
            while let batch = session.nextBatch(isLast: isAtEnd) {
                try Task.checkCancellation()
                session.record(batch, decisions: try await decisions(on: batch.requests))
            }
        }
        return try session.result(bytes: reader.readBytes, damage: damage)
    }

    private func decisions(on requests: [ReplayRequest]) async throws -> [[Bool]] {
        try await withThrowingTaskGroup(of: (index: Int, admitted: [Bool]).self) { group in
            for (index, (name, decider)) in deciders.enumerated() {
                group.addTask {
                    let admitted = try await decider.decide(requests)
                    guard admitted.count == requests.count else {
                        throw ReplayError(
                            .brokenDecider, "\(name) answered \(admitted.count) decisions on \(requests.count) requests.")
                    }
                    return (index, admitted)
                }
            }
            var all = Array(repeating: [Bool](), count: deciders.count)
            for try await (index, admitted) in group { all[index] = admitted }
            return all
        }
    }
}
