import EmbeddedRedis
import Redis
import Synchronization
import TestSupport
import Testing

@testable import RideHailing

/// What only one may do at a time.
private final class Work: Sendable {
    private let state = Mutex((inside: 0, tokens: [Int]()))
    var tokens: [Int] { state.withLock { $0.tokens } }

    /// - Returns: how many are at it.
    func begin(with token: Int) -> Int {
        state.withLock { state in
            state.tokens.append(token)
            state.inside += 1
            return state.inside
        }
    }

    func end() { state.withLock { $0.inside -= 1 } }
}

@Suite("Locks with fencing tokens")
struct LockTests {
    @Test("One holder at a time; tokens only grow")
    func exclusion() async throws {
        try await withRedis { server, redis in
            let lock = Lock(redis: redis)
            let work = Work()
            try await withThrowingTaskGroup { group in
                for _ in 0..<10 {
                    group.addTask {
                        var rounds = 0
                        while rounds < 20 {
                            guard let hold = try await lock.acquire("work", for: .seconds(60)) else { continue }
                            #expect(work.begin(with: hold.token) == 1)
                            work.end()
                            #expect(try await lock.release(hold))
                            rounds += 1
                        }
                    }
                }
                try await group.waitForAll()
            }
            let tokens = work.tokens
            #expect(tokens.count == 200 && zip(tokens, tokens.dropFirst()).allSatisfy { $0 < $1 })
        }
    }

    @Test("Who was paused past his time has it no more, and a smaller token")
    func pausedHolder() async throws {
        try await withRedis { server, redis in
            let lock = Lock(redis: redis)
            let first = try #require(try await lock.acquire("work", for: .milliseconds(50)))
            var second: LockHold?
            try await eventually("its time is over") {
                second = try await lock.acquire("work", for: .seconds(60))
                return second != nil
            }
            let hold = try #require(second)
            #expect(hold.token > first.token)
            #expect(try await !lock.extend(first, for: .seconds(60)))
            #expect(try await !lock.release(first))
            #expect(try await lock.acquire("work", for: .seconds(60)) == nil)
            #expect(try await lock.extend(hold, for: .seconds(120)))
            #expect(try await lock.acquire("other", for: .seconds(60)) != nil)
            #expect(try await lock.release(hold))
            #expect(try await !lock.release(hold))
        }
    }

    @Test("By majority: a minority may be gone, tokens grow whichever it is; without a majority nobody has it")
    func majority() async throws {
        try await withRedis { firstServer, first in
            try await withRedis { _, second in
                try await withRedis { _, third in
                    try await withClient(of: firstServer) { gone in
                        await gone.close()
                        let all = [first, second, third]
                        var random = SeededGenerator()
                        var last = 0
                        for _ in 0..<60 {
                            // One of three, or none, does not answer.
                            var servers: [any RedisCommands] = all
                            let missing = Int.random(in: 0...3, using: &random)
                            if missing < 3 { servers[missing] = gone }
                            let lock = RedlockLock(commands: servers, deadline: .seconds(10))
                            let hold = try #require(await lock.acquire("work", for: .seconds(600)), "\(random)")
                            #expect(hold.token > last, "\(random)")
                            last = hold.token
                            #expect(
                                await RedlockLock(servers: all, deadline: .seconds(10)).acquire("work", for: .seconds(600)) == nil
                            )
                            #expect(await lock.extend(hold, for: .seconds(600)))
                            await lock.release(hold)
                            #expect(await !lock.extend(hold, for: .seconds(600)))
                        }
                        let alone = RedlockLock(commands: [first, gone, gone], deadline: .seconds(10))
                        #expect(await alone.acquire("work", for: .seconds(600)) == nil)
                        // And nothing of it is left behind.
                        let whole = RedlockLock(commands: [first, gone, third], deadline: .seconds(10))
                        #expect(await whole.acquire("work", for: .seconds(600)) != nil)
                        // A lock whose time was over while it was being taken is none.
                        #expect(await whole.acquire("short", for: .milliseconds(1)) == nil)
                    }
                }
            }
        }
    }
}
