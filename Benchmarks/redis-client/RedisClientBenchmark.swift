import ArgumentParser
import Foundation
import Logging
import NIOCore
import NIOPosix
import Redis

/// How many GETs one connection of the client does for so many tasks at once: one line of JSON.
///
/// The tasks run on the connection's event loop, as a service's own work would, or with `--off-loop` on Swift's own
/// threads, so that each command changes threads twice.
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
        let executor = EventLoopExecutor(connection.eventLoop)
        return try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<tasks {
                group.addTask(executorPreference: offLoop ? nil : executor) { try await Self.ask(connection, until: end) }
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
