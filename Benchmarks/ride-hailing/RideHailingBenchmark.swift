import ArgumentParser
import Foundation
import Logging
import RideHailing
import Redis

/// Ride hailing's part of `./dev bench`: what it is measured on, and thousands of drivers and riders. Each command prints lines of JSON.
@main
struct RideHailingBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ride-hailing-benchmark",
        subcommands: [PrepareDrivers.self, SendPositions.self, RequestRides.self, AcceptRides.self])
}

/// The library, of which nothing runs but what is called.
func withRideHailing<Value>(
    socket: String, _ configuration: RideHailingConfiguration = .init(), _ body: (RideHailing, RedisClient) async throws -> Value
) async throws -> Value {
    var logger = Logger(label: "ride-hailing-benchmark")
    logger.logLevel = .error
    let redis = RedisClient(RedisConfiguration(address: .unixSocket(path: socket)), logger: logger)
    let value = try await body(RideHailing(redis: redis, configuration: configuration, logger: logger), redis)
    await redis.close()
    return value
}

/// Does something for each number, so many at once.
func concurrently(_ numbers: Range<Int>, width: Int = 512, _ work: @escaping @Sendable (Int) async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for number in numbers {
            if number - numbers.lowerBound >= width { try await group.next() }
            group.addTask { try await work(number) }
        }
        try await group.waitForAll()
    }
}

/// What this process has used so far.
func processorMicroseconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
}

func printLine(of figures: some Encodable) throws {
    print(String(decoding: try JSONEncoder().encode(figures), as: UTF8.self))
    fflush(nil)
}

/// Before anything is measured: whoever started this reads its own counters now.
func printReady() throws { try printLine(of: ["ready": 1]) }
