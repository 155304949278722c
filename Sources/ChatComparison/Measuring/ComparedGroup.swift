import Chat
import NIOCore
import NIOPosix
import Redis
import RedisMeasuring

/// A group whose messages are fanned out with one strategy, by servers of its own, and what that costs.
///
/// One thing is done after the other: nothing waits for anything else, so what is measured is what the strategy costs by itself.
final class ComparedGroup {
    let strategy: FanOutStrategy
    private(set) var measurement = FanOutMeasurement()
    private let work: FanOutWork
    private let server: ComparisonServer
    private let group: GroupID
    private let members: [UserName]
    private let text: String
    private let redis: CountingRedis
    private let store: ConversationStore
    private let returning: ReturningMembers
    private let servers: [ComparedServer]
    private let arrivals = Arrivals()
    private var sent = 0

    /// ``close()`` must be called.
    init(_ strategy: FanOutStrategy, work: FanOutWork, server: ComparisonServer) async throws {
        (self.strategy, self.work, self.server) = (strategy, work, server)
        var configuration = ChatConfiguration()
        // As if each were alone in its second.
        configuration.noteInterval = .zero
        configuration.fanoutThreshold = strategy.threshold
        configuration.redisDeadline = ComparisonRedis.patience
        group = try GroupID(validating: strategy.rawValue)
        members = try (0..<work.members).map { try UserName(validating: "\(strategy.rawValue)-\($0)") }
        text = String(repeating: "x", count: work.textBytes)
        redis = CountingRedis(server.client)
        store = ConversationStore(redis: redis, configuration: configuration, logger: ComparisonServer.silence)
        returning = try await ReturningMembers(redis: redis, client: server.client, configuration: configuration)
        servers = (0..<FanOutWork.servers).map { _ in ComparedServer(server.configuration, configuration) }
    }

    func close() async {
        for server in servers { await server.close() }
    }

    /// Makes the group, connects its members, and sends what is not measured.
    func prepare() async throws {
        for server in servers { try await server.becomesReady() }
        try await store.createGroup(group, members: members, owner: members[0])
        try await returning.settle(members[work.returning])
        for (index, member) in members.prefix(work.online).enumerated() {
            try await servers[index % servers.count].connect(member, arrivals)
        }
        try await wait("members are not connected") { arrivals.welcomed == work.online ? .now : nil }
        try await send(FanOutWork.rehearsal)
        measurement = FanOutMeasurement()
    }

    // MARK: Sending

    func send(_ count: Int) async throws {
        try await measure(\.sending, operations: count) {
            for _ in 0..<count { try await send() }
        }
    }

    private func send() async throws {
        sent += 1
        arrivals.expect(sent * work.online)
        let start = ContinuousClock.now
        _ = try await store.append(NewMessage(id: "\(sent)", to: .group(group), text: text), from: members[0])
        measurement.sending.durations.append(.now - start)
        let end = try await wait("a message did not come to all") { try arrivals.completeAt() }
        measurement.lastMember.append(end - start)
        measurement.delivered += work.online
    }

    // MARK: Coming back

    /// - Parameter missing: what was sent so far has not been received by them; else all has.
    func comeBack(missing: Bool, to range: Range<Int>) async throws {
        let part: WritableKeyPath<FanOutMeasurement, FanOutMeasurement.Part> = missing ? \.missing : \.quiet
        let expected = missing ? sent : 0
        returning.waitAWhile()
        try await measure(part, operations: range.count) {
            for member in members[range] {
                let start = ContinuousClock.now
                let received = try await returning.comeBack(member)
                measurement[keyPath: part].durations.append(.now - start)
                guard received == expected else {
                    throw FanOutError(.redisFailed, "\(received) messages were missed in place of \(expected).")
                }
            }
        }
    }

    // MARK: Measuring

    private func measure(
        _ part: WritableKeyPath<FanOutMeasurement, FanOutMeasurement.Part>, operations: Int, _ body: () async throws -> Void
    ) async throws {
        let (before, sentBefore) = (try await RedisInformation.read(from: server.client), redis.count)
        try await body()
        let (after, sentAfter) = (try await RedisInformation.read(from: server.client), redis.count)
        measurement[keyPath: part].operations += operations
        measurement[keyPath: part].sent += sentAfter - sentBefore
        let cpu = (after.counters - before.counters).cpuMicroseconds
        measurement[keyPath: part].cpu.append(cpu / Double(max(1, operations)))
    }

    /// Waits for a moment that the condition tells.
    @discardableResult
    private func wait(
        _ failure: String, for condition: () throws -> ContinuousClock.Instant?
    ) async throws -> ContinuousClock.Instant {
        let deadline = ContinuousClock.now + ComparisonRedis.patience
        while true {
            if let instant = try condition() { return instant }
            guard .now < deadline else {
                throw FanOutError(.redisFailed, "Within \(ComparisonRedis.patience) \(failure).")
            }
            try await Task.sleep(for: .microseconds(200))
        }
    }
}
