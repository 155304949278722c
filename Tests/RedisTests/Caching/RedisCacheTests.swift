import EmbeddedRedis
import NIOCore
import NIOPosix
@testable import Redis
import TestSupport
import Testing

/// While all is well.
@Suite(.timeLimit(.minutes(2))) struct RedisCacheTests {
    @Test func aWriteOfAnotherClientIsHeard() async throws {
        try await withRedis { server, client in
            try await withClient(of: server) { other in
                try await withCache(of: client) { cache in
                    for version in 0..<100 {
                        try await other.set(cached: "a", to: "\(version)")
                        // Until the write is heard of, the cache may know the version before; then it forgets this one too.
                        try await eventually {
                            try await cache.value(of: "a") == "\(version)" && cache.known("a") == "\(version)"
                        }
                    }
                    try await other.delete(["cached:a"])
                    try await eventually { try await cache.value(of: "a") == nil }
                }
            }
        }
    }

    @Test func theWordIsQuick() async throws {
        try await withRedis { server, client in
            try await withClient(of: server) { other in
                try await withCache(of: client) { cache in
                    var delays: [Duration] = []
                    while delays.count < 50 {
                        try await cache.catchUp(writingTo: other)
                        _ = try await cache.value(of: "a")
                        try await other.set(cached: "a", to: "value")
                        let acknowledged = ContinuousClock.now
                        try await eventually { cache.known("a") == .none }
                        delays.append(ContinuousClock.now - acknowledged)
                    }
                    #expect(delays.sorted()[25] < .milliseconds(100))
                }
            }
        }
    }

    @Test func absenceIsRememberedUntilTheKeyIsWritten() async throws {
        try await withRedis { _, client in
            try await withCache(of: client) { cache in
                #expect(cache.known("absent") == .none)
                #expect(try await cache.value(of: "absent") == nil)
                try await eventually { cache.known("absent") == .some(nil) }
                let reads = try await client.executedReads()
                for _ in 0..<100 { #expect(try await cache.value(of: "absent") == nil) }
                #expect(try await client.executedReads() < reads + 50, "none, unless the machine is too busy for trust")
                try await client.set(cached: "absent", to: "here")
                try await eventually { try await cache.value(of: "absent") == "here" }
            }
        }
    }

    @Test(arguments: ["FLUSHALL", "FLUSHDB"]) func everythingIsRemoved(command: String) async throws {
        try await withRedis { _, client in
            try await withCache(of: client) { cache in
                for number in 0..<10 {
                    try await client.set(cached: "\(number)", to: number)
                }
                try await cache.catchUp(writingTo: client)
                for number in 0..<10 { #expect(try await cache.value(of: .init("\(number)")) == "\(number)") }
                #expect(cache.count == 10)
                _ = try await client.send(RedisCommand(command))
                try await eventually { cache.count == 0 }
                for number in 0..<10 { #expect(try await cache.value(of: .init("\(number)")) == nil) }
            }
        }
    }

    @Test func aKeyThatExpires() async throws {
        try await withRedis { _, client in
            try await withCache(of: client) { cache in
                try await eventually {
                    _ = try await client.send(RedisCommand("SET", "cached:a", "brief", "PX", 500))
                    return try await cache.value(of: "a") == "brief" && cache.known("a") == "brief"
                }
                // Nobody asks Redis for it: it finds the key itself.
                try await eventually { cache.known("a") == .none }
                try await eventually { try await cache.value(of: "a") == nil }
            }
        }
    }

    @Test func otherKeysWithThePrefixAreNoneOfItsBusiness() async throws {
        try await withRedis { _, client in
            try await client.set("cached:a:link", to: "here")
            try await withCache(of: client, suffix: ":link") { cache in
                #expect(try await cache.value(of: "a") == "here")
                #expect(try await cache.value(of: "mark") == nil)
                try await client.increment("cached:a:visits")
                try await client.set("cached:mark:link", to: "written later")
                try await eventually { cache.known("mark") == .none }
                try await eventually { cache.known("a") == "here" }
                try await client.set("cached:a:link", to: "there")
                try await eventually { try await cache.value(of: "a") == "there" }
            }
        }
    }

    @Test func whoAsksAtTheSameTimeSharesARead() async throws {
        try await withRedis { _, client in
            try await client.set(cached: "hot", to: "value")
            try await withCache(of: client) { cache in
                let loop = MultiThreadedEventLoopGroup.singleton.next()
                let connection = try #require(client.connection(on: loop))
                let reads = try await client.executedReads()
                let values = try await loop.flatSubmit {
                    EventLoopFuture.whenAllSucceed(
                        (0..<1_000).map { _ in
                            let promise = loop.makePromise(of: String?.self)
                            cache.value(of: "hot", on: connection) { promise.completeWith($0.mapError { $0 }) }
                            return promise.futureResult
                        }, on: loop)
                }.get()
                #expect(values == Array(repeating: "value", count: 1_000))
                #expect(try await client.executedReads() == reads + 1)

                try await client.set(cached: "hot", to: "other")
                try await eventually { cache.known("hot") == .none }
                let others = try await withThrowingTaskGroup(of: String?.self) { group in
                    for _ in 0..<1_000 { group.addTask { try await cache.value(of: "hot") } }
                    return try await group.reduce(into: Set()) { $0.insert($1) }
                }
                #expect(others == ["other"])
                #expect(try await client.executedReads() < reads + 50, "tasks everywhere share one too")
                #expect(cache.readsUnderWay == 0)
            }
        }
    }

    @Test func aWriteOfOnesOwnIsForgottenAtOnce() async throws {
        try await withRedis { _, client in
            try await withCache(of: client) { cache in
                for version in 0..<200 {
                    try await client.set(cached: "a", to: "\(version)")
                    cache.forget("a")
                    #expect(try await cache.value(of: "a") == "\(version)")
                }
            }
        }
    }

    @Test func whatIsNotAStringIsAnErrorAndNotRemembered() async throws {
        try await withRedis { _, client in
            try await withCache(of: client) { cache in
                _ = try await client.send(RedisCommand("HSET", "cached:a", "field", "value"))
                let error = await #expect(throws: RedisError.self) { try await cache.value(of: "a") }
                #expect(error?.reply?.kind == "WRONGTYPE")
                #expect(cache.known("a") == .none && cache.count == 0 && cache.readsUnderWay == 0)
            }
        }
    }

    @Test func memoryIsBounded() async throws {
        try await withRedis { _, client in
            try await withCache(of: client, capacity: 1_000) { cache in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for worker in 0..<20 {
                        group.addTask {
                            for number in 0..<1_000 { _ = try await cache.value(of: RedisCacheKey("\(worker)/\(number)")) }
                        }
                    }
                    try await group.waitForAll()
                }
                // None of the keys is there: an eighth of the capacity is for those.
                #expect(cache.count > 100 && cache.count <= 125)
                #expect(cache.readsUnderWay == 0)
            }
        }
    }

    @Test func endsWithItsTask() async throws {
        try await withRedis { _, client in
            let cache = try await withCache(of: client) { cache in
                _ = try await cache.value(of: "a")
                #expect(try await trackers(client) == 1)
                return cache
            }
            #expect(!cache.isTrusted && cache.known("a") == .none)
            #expect(try await cache.value(of: "a") == nil, "it reads on")
            try await eventually { try await trackers(client) == 0 }
        }
    }

    private func trackers(_ client: RedisClient) async throws -> Int {
        let list = try await client.send(RedisCommand("CLIENT", "LIST")).decode(as: String.self)
        return list.split(separator: "\n").count { $0.contains("-cache ") }
    }
}
