import ArgumentParser
import Foundation
import Logging
import NIOCore
import NIOPosix
import Redis

/// How many GETs one connection of the client does for so many tasks at once: one line of JSON.
///
/// The tasks run on the connection's event loop, as a service's own work would; with `--off-loop` on Swift's own threads,
/// so that each command changes threads twice; with `--callbacks` there are no tasks but callbacks, as on the hot path.
@main
struct RedisClientBenchmark: AsyncParsableCommand {
    @Option(help: "Unix socket of the server.")
    var socket: String
    @Option(help: "Tasks that each have one command under way.")
    var tasks = 50
    @Option(help: "How long it is measured; a warm-up of a second comes first.")
    var seconds = 5
    @Flag(help: "Run the tasks on Swift's own threads.")
    var offLoop = false
    @Flag(help: "Use callbacks on the event loop in place of tasks.")
    var callbacks = false

    private static let key = "key:__rand_int__"

    func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let client = RedisClient(RedisConfiguration(address: .unixSocket(path: socket)), eventLoopGroup: group)
        guard let connection = client.connection(on: group.next()) else { return }
        try await client.set(Self.key, to: "xxx")
        _ = try await count(for: 1, on: connection)

        let before = processorMicroseconds()
        let start = ContinuousClock.now
        let commands = try await count(for: seconds, on: connection)
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        let processor = Double(processorMicroseconds() - before) / Double(commands)
        print(
            #"{"tasks":\#(tasks),"commandsPerSecond":\#(Int(Double(commands) / elapsed)),"cpuMicrosecondsPerCommand":\#(processor)}"#
        )
        await client.close()
        try await group.shutdownGracefully()
    }

    private func count(for seconds: Int, on connection: RedisConnection) async throws -> Int {
        let end = ContinuousClock.now + .seconds(seconds)
        if callbacks { return try await countOfCallbacks(until: end, on: connection) }
        let executor = EventLoopExecutor(connection.eventLoop)
        return try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<tasks {
                group.addTask(executorPreference: offLoop ? nil : executor) { try await Self.ask(connection, until: end) }
            }
            return try await group.reduce(0, +)
        }
    }

    private func countOfCallbacks(until end: ContinuousClock.Instant, on connection: RedisConnection) async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<tasks {
                group.addTask {
                    try await withCheckedThrowingContinuation { continuation in
                        connection.eventLoop.execute {
                            CallbackChain(connection, key: Self.key, until: end, continuation).ask()
                        }
                    }
                }
            }
            return try await group.reduce(0, +)
        }
    }

    private static func ask(_ connection: RedisConnection, until end: ContinuousClock.Instant) async throws -> Int {
        var count = 0
        repeat {
            for _ in 0..<64 {
                guard let value: [UInt8] = try await connection.get(key), value.count == 3 else {
                    throw ValidationError("the value is gone")
                }
            }
            count += 64
        } while ContinuousClock.now < end
        return count
    }

    private func processorMicroseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000 + time.tv_nsec / 1000
    }
}

/// Asks again whenever it has been answered, on the event loop.
private final class CallbackChain {
    private let connection: RedisConnection
    private let command: RedisCommand
    private let end: ContinuousClock.Instant
    private let continuation: CheckedContinuation<Int, any Error>
    private var count = 0

    init(
        _ connection: RedisConnection, key: String, until end: ContinuousClock.Instant,
        _ continuation: CheckedContinuation<Int, any Error>
    ) {
        (self.connection, self.end, self.continuation) = (connection, end, continuation)
        command = RedisCommand("GET", key, isIdempotent: true)
    }

    func ask() {
        connection.execute(command) { result in
            guard case .success(.bytes(let value)) = result, value.count == 3 else {
                return self.continuation.resume(throwing: ValidationError("the value is gone"))
            }
            self.count += 1
            if self.count % 64 == 0 && ContinuousClock.now >= self.end {
                self.continuation.resume(returning: self.count)
            } else {
                self.ask()
            }
        }
    }
}

/// Runs tasks on an event loop.
private final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
