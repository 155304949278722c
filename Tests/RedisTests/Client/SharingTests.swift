import NIOCore
import NIOPosix
import Redis
import TestSupport
import Testing

/// Many callers on few connections.
@Suite struct SharingTests {
    @Test func tenThousandConcurrentCommandsEachGetTheirOwnReply() async throws {
        try await withRedis { _, client in
            let wrong = await withTaskGroup { group in
                for number in 0..<10_000 {
                    group.addTask {
                        let reply = try? await client.send(RedisCommand("ECHO", number)).decode(as: Int.self)
                        return reply == number ? 0 : 1
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(wrong == 0)
        }
    }

    @Test func aClientHasOneConnectionForEachEventLoop() async throws {
        try await withRedis(configure: { $0.clientName = "counted" }) { _, client in
            let loops = Array(MultiThreadedEventLoopGroup.singleton.makeIterator()).count
            try await eventually {
                await withTaskGroup { group in
                    for _ in 0..<200 { group.addTask { _ = try? await client.ping() } }
                }
                let list = try await client.send(RedisCommand("CLIENT", "LIST")).decode(as: String.self)
                return list.split(separator: "\n").count { $0.contains("name=counted ") } == loops
            }
        }
    }

    @Test func commandsOfOneTurnGoOutInOneWrite() async throws {
        try await withRedis { _, client in
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            let connection = try #require(client.connection(on: loop))
            try await connection.ping()
            let before = try await readsAndCommands(connection)
            let numbers = try await loop.flatSubmit {
                EventLoopFuture.whenAllSucceed(
                    (0..<1_000).map { number in
                        let promise = loop.makePromise(of: RedisValue.self)
                        connection.execute(RedisCommand("ECHO", number)) { promise.completeWith($0.mapError { $0 }) }
                        return promise.futureResult
                    }, on: loop)
            }.get().map { try $0.decode(as: Int.self) }
            #expect(numbers == Array(0..<1_000))
            let after = try await readsAndCommands(connection)
            #expect(after.commands - before.commands >= 1_000)
            // 26 KB in all, and Redis reads 16 KiB at a time.
            #expect(after.reads - before.reads <= 20)
        }
    }

    @Test func pipelinesAreNotTornApart() async throws {
        try await withRedis { _, client in
            let connection = try #require(client.connection(on: MultiThreadedEventLoopGroup.singleton.next()))
            await withTaskGroup { group in
                for _ in 0..<200 {
                    group.addTask {
                        let results = await connection.pipeline((0..<20).map { _ in RedisCommand("INCR", "n") })
                        let numbers = results.compactMap { try? $0.get().decode(as: Int.self) }
                        #expect(numbers.count == 20 && numbers == Array((numbers.first ?? 0)..<(numbers.first ?? 0) + 20))
                    }
                    group.addTask { _ = try? await connection.increment("n") }
                }
            }
            #expect(try await client.get("n") == 4_200)
        }
    }

    @Test func eachCommandOfAPipelineHasItsOwnResult() async throws {
        try await withRedis { _, client async throws in
            let results = await client.pipeline([
                RedisCommand("SET", "k", "text"), RedisCommand("INCR", "k"), RedisCommand("NOSUCH"), RedisCommand("GET", "k"),
            ])
            #expect(try results[0].get() == .status("OK"))
            #expect(throws: RedisError.self) { try results[1].get() }
            #expect(throws: RedisError.self) { try results[2].get() }
            #expect(try results[3].get().decode(as: String.self) == "text")
            #expect(await client.pipeline([]).isEmpty)
        }
    }

    @Test func anErrorReplyNamesItsKindAndItsCommand() async throws {
        try await withRedis { _, client in
            _ = try await client.send(RedisCommand("LPUSH", "list", 1))
            let error = await client.failure(of: RedisCommand("GET", "list"))
            #expect(error?.code == .errorReply && error?.execution == .answered && error?.command == "GET")
            #expect(error?.reply?.kind == "WRONGTYPE")
        }
    }

    @Test func theEverydayCommands() async throws {
        try await withRedis { _, client in
            let binary = [UInt8](0...255)
            try await client.set("a", to: binary)
            #expect(try await client.get("a") == binary)
            #expect(try await client.get("missing", as: String.self) == nil)
            #expect(try await client.increment("n", by: -3) == -3)
            #expect(try await client.delete(["a", "n", "missing"]) == 2)
            #expect(try await client.delete([]) == 0)
            #expect(try await client.publish("x", to: "nobody") == 0)
            let large = [UInt8](repeating: 7, count: 5 << 20)
            try await client.set("large", to: large)
            #expect(try await client.get("large") == large)
        }
    }

    @Test func aBlockingCommandMayBlockLongerThanAConnectionMayStall() async throws {
        try await withRedis(configure: { $0.stallDeadline = .milliseconds(50) }) { _, client in
            try await client.withDedicatedConnection { connection in
                let reply = try await connection.send(RedisCommand("BLPOP", "empty", 1), deadline: .seconds(20))
                #expect(reply == .null)
            }
        }
    }

    private func readsAndCommands(_ connection: RedisConnection) async throws -> (reads: Int, commands: Int) {
        let text = try await connection.send(RedisCommand("INFO", "stats")).decode(as: String.self)
        func figure(_ name: String) throws -> Int {
            let line = try #require(text.split(separator: "\r\n").first { $0.hasPrefix(name + ":") })
            return try #require(Int(line.dropFirst(name.count + 1)))
        }
        return (try figure("total_reads_processed"), try figure("total_commands_processed"))
    }
}
