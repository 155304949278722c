import Chat
import Redis
public import RedisMeasuring

/// Compares the two ways in which messages to a group are fanned out: the same messages to two groups of one size, on real Redis, by
/// the service's own library.
public struct FanOutComparison: Sendable {
    let work: FanOutWork
    let redis: ComparisonRedis
    /// Milliseconds until the last member has a message, p99: what is slower is not recommended.
    let bound: Double

    /// Says whose the keys are, should this process be killed.
    static let claim = "chat:comparison"

    public init(_ work: FanOutWork, bound: Double = 500, redis: ComparisonRedis = .temporary()) {
        (self.work, self.bound, self.redis) = (work, bound, redis)
    }

    /// Leaves nothing behind in Redis, also when it fails or its task is cancelled; unless Redis does not answer any more.
    /// - Parameter progress: called with how many operations were done, and of how many.
    /// - Throws: ``FanOutError``; what the private Redis failed with; `CancellationError`.
    public func run(progress: @escaping (Int, Int) -> Void = { _, _ in }) async throws -> FanOutResult {
        do {
            try await redis.claim(Self.claim, for: "chat") { client in
                let channels: [String] = try await client.send(
                    RedisCommand("PUBSUB", "CHANNELS", "chat:server:*", isIdempotent: true)
                ).decode()
                return !channels.isEmpty
            }
            let result: Result<FanOutResult, any Error>
            do { result = .success(try await measure(progress)) } catch { result = .failure(error) }
            await redis.release(Self.claim)
            return try result.get()
        } catch {
            // Whatever was under way when it was cancelled fails in its own way.
            try Task.checkCancellation()
            switch error {
            case let cause as DatabaseInUse: throw FanOutError(.databaseInUse, cause.message)
            case ChatError.redis(let cause): throw FanOutError(.redisFailed, "\(cause)")
            case let cause as RedisError: throw FanOutError(.redisFailed, "\(cause)")
            case let cause as ChatError: throw FanOutError(.redisFailed, "\(cause)")
            default: throw error
            }
        }
    }

    private func measure(_ progress: @escaping (Int, Int) -> Void) async throws -> FanOutResult {
        let server = try await redis.open()
        var groups: [ComparedGroup] = []
        let result: Result<FanOutResult, any Error>
        do {
            for strategy in FanOutStrategy.allCases {
                groups.append(try await ComparedGroup(strategy, work: work, server: server))
            }
            result = .success(try await measure(groups, progress))
        } catch {
            result = .failure(error)
        }
        for group in groups { await group.close() }
        // Also when this task is cancelled.
        if server.isGiven { await Task { try? await Self.erase(server.client) }.value }
        await server.close()
        return try result.get()
    }

    private func measure(_ groups: [ComparedGroup], _ progress: (Int, Int) -> Void) async throws -> FanOutResult {
        let total = work.operations * groups.count
        var done = 0
        func step(_ operations: Int) throws {
            try Task.checkCancellation()
            done += operations
            progress(done, total)
        }
        for group in groups {
            try await group.prepare()
            try step(FanOutWork.rehearsal)
        }
        for start in stride(from: 0, to: work.messages, by: FanOutWork.turn) {
            let count = min(FanOutWork.turn, work.messages - start)
            for group in groups {
                try await group.send(count)
                try step(count)
            }
        }
        for group in groups {
            try await group.comeBack(missing: true, to: work.returning)
            try step(work.returning.count)
        }
        for start in stride(from: 0, to: work.returns, by: work.returning.count) {
            let returning = work.returning.prefix(work.returns - start)
            for group in groups {
                try await group.comeBack(missing: false, to: returning)
                try step(returning.count)
            }
        }
        return FanOutResult(work, groups.map { FanOutOutcome($0.strategy, $0.measurement, work) }, bound: bound)
    }

    /// The database was empty before.
    private static func erase(_ client: RedisClient) async throws {
        var cursor = "0"
        repeat {
            let reply = try await client.send(RedisCommand("SCAN", cursor, "MATCH", "chat:*", "COUNT", 1000, isIdempotent: true))
            guard case .array(let parts) = reply, parts.count == 2 else { return }
            cursor = try parts[0].decode()
            let keys = try parts[1].decode(as: [String].self).filter { $0 != claim }
            if !keys.isEmpty { try await client.delete(keys) }
        } while cursor != "0"
    }
}
