import EmbeddedRedis
import Foundation
import Synchronization
import TestSupport
import Testing

/// Servers, matchers and their Redis, which are killed, paused past every lease and started again while others use them.
final class Trouble: Sendable {
    /// Something that was answered, and has to be so for ever.
    struct Fact: Hashable {
        let ride: String
        let version: Int
        let status: String
        let by: String
    }

    private struct State {
        var programs: [Int: RunningService] = [:]
        var facts: Set<Fact> = []
        /// Who has requested which ride, by the answer.
        var rides: [String: String] = [:]
        var (isOver, isDone) = (false, false)
    }

    let redis: EmbeddedRedis
    let seed: UInt64
    private let state = Mutex(State())
    /// Of them, the first two are servers.
    private static let programs = [
        ("serve", []), ("serve", ["--matchers", "0"]), ("matcher", ["--matchers", "4"]), ("matcher", ["--matchers", "4"]),
    ]
    private static let options = ["--offer-seconds", "2", "--match-deadline-seconds", "15"]
    /// Longer than any lease.
    private static let pause = Duration.seconds(6)

    init(redis: EmbeddedRedis, seed: UInt64) { (self.redis, self.seed) = (redis, seed) }

    var facts: Set<Fact> { state.withLock { $0.facts } }
    var rides: [String: String] { state.withLock { $0.rides } }
    /// Nothing is killed any more; everybody does as well as he can.
    var isOver: Bool { state.withLock { $0.isOver } }
    /// All may go home.
    var isDone: Bool { state.withLock { $0.isDone } }

    func finish() { state.withLock { ($0.isOver, $0.isDone) = (true, true) } }

    func note(_ ride: RideBody, by name: String) {
        let fact = Fact(ride: ride.id, version: ride.version, status: ride.status, by: name)
        state.withLock { _ = $0.facts.insert(fact) }
    }

    func note(_ ride: String, requestedBy rider: String) {
        let isNew = state.withLock { $0.rides.updateValue(rider, forKey: ride) == nil }
        #expect(isNew, "two requests are one ride; seed \(seed)")
    }

    // MARK: Programs

    /// Keeps all programs running until everything is done, then ends them in an orderly way.
    func run() async throws {
        try await withThrowingTaskGroup { group in
            for number in Self.programs.indices { group.addTask { try await self.run(number) } }
            try await group.waitForAll()
        }
    }

    private func run(_ number: Int) async throws {
        let (command, own) = Self.programs[number]
        let arguments = ["--redis", redis.url] + Self.options + own
        while !isDone {
            try await withService(.rideHailing, command: command, arguments) { service in
                state.withLock { $0.programs[number] = service }
                while service.program.ended == nil, !isDone { try await Task.sleep(for: .milliseconds(5)) }
                state.withLock { $0.programs[number] = nil }
                guard service.program.ended == nil else { return }
                service.program.signal(SIGTERM)
                #expect(try await service.program.exit() == .code(0), "\(service.program.standardError)")
            }
        }
    }

    private func program(_ number: Int) -> RunningService? { state.withLock { $0.programs[number] } }

    /// One of the servers that run; it may be paused.
    func server(_ random: inout SeededGenerator) -> RunningService? { program(Int.random(in: 0...1, using: &random)) }

    /// Asks servers until one has said yes or no.
    func answer(
        _ method: String, _ target: String, as name: String, _ json: String? = nil, headers: [(String, String)] = [],
        random: inout SeededGenerator
    ) async throws -> HTTPReply {
        while true {
            try Task.checkCancellation()
            if let server = server(&random),
                let reply = try? await server.ask(method, target, as: name, json, headers: headers, patience: .seconds(2))
            {
                if reply.status < 500 { return reply }
                #expect(reply.status == 503, "\(reply), seed \(seed)")
            }
            try await Task.sleep(for: .milliseconds(Int.random(in: 5...50, using: &random)))
        }
    }

    // MARK: Trouble

    private enum Blow {
        case kill(Int), pause(Int), killRedis, pauseRedis
    }

    /// Makes trouble for about 20 seconds.
    func strike() async throws {
        var random = SeededGenerator(seed: seed)
        var blows: [Blow] = (0..<4).flatMap { [.kill($0), .kill($0), .pause($0)] }
        blows += [.killRedis, .killRedis, .pauseRedis, .pauseRedis]
        blows.shuffle(using: &random)
        try await withThrowingTaskGroup { group in
            for blow in blows {
                try await Task.sleep(for: .milliseconds(Int.random(in: 300...1500, using: &random)))
                switch blow {
                case .kill(let number): program(number)?.program.signal(SIGKILL)
                case .pause(let number):
                    guard let victim = program(number)?.program else { continue }
                    victim.signal(SIGSTOP)
                    group.addTask {
                        try await Task.sleep(for: Self.pause)
                        victim.signal(SIGCONT)
                    }
                case .killRedis:
                    await redis.kill()
                    try await redis.restart()
                case .pauseRedis:
                    redis.pause()
                    try await Task.sleep(for: .milliseconds(Int.random(in: 300...1500, using: &random)))
                    redis.resume()
                }
            }
            try await group.waitForAll()
        }
        state.withLock { $0.isOver = true }
    }
}
