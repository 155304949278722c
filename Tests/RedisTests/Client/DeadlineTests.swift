import EmbeddedRedis
import NIOPosix
import Redis
import TestSupport
import Testing

/// What waits is bounded in time and in number, and who stops waiting disturbs nobody.
@Suite struct DeadlineTests {
    /// A client that gives up neither the connection nor the node.
    private func withPatientRedis(
        maximumPendingCommands: Int = 65_536, _ body: (EmbeddedRedis, RedisConnection) async throws -> Void
    ) async throws {
        try await withRedis(configure: {
            $0.failuresToOpenCircuit = .max
            $0.stallDeadline = .seconds(60)
            $0.deadline = .seconds(30)
            $0.maximumPendingCommands = maximumPendingCommands
        }) { server, client in
            let connection = try #require(client.connection(on: MultiThreadedEventLoopGroup.singleton.next()))
            try await connection.ping()
            defer { server.resume() }
            try await body(server, connection)
        }
    }

    @Test func aLateReplyIsDroppedAndTheConnectionLivesOn() async throws {
        try await withPatientRedis { server, connection in
            let identifier = try await connection.send(RedisCommand("CLIENT", "ID"))
            for round in 0..<5 {
                server.pause()
                let start = ContinuousClock.now
                await withTaskGroup { group in
                    for number in 0..<50 {
                        group.addTask {
                            let command = RedisCommand("ECHO", "late \(round) \(number)", isIdempotent: true)
                            let error = await connection.failure(of: command, deadline: .milliseconds(50))
                            #expect(error?.code == .timedOut && error?.execution == .mayHaveBeenExecuted)
                            #expect(error?.command == "ECHO")
                        }
                    }
                }
                #expect(ContinuousClock.now - start >= .milliseconds(50))
                async let tagged = echoes(0..<50, on: connection)
                server.resume()
                #expect(await tagged)
            }
            #expect(try await connection.send(RedisCommand("CLIENT", "ID")) == identifier, "it is the same connection")
        }
    }

    @Test func eachCommandHasItsOwnDeadline() async throws {
        try await withPatientRedis { server, connection in
            server.pause()
            async let long = connection.result(of: RedisCommand("ECHO", "long"), deadline: .seconds(60))
            let short = await connection.failure(of: RedisCommand("ECHO", "short"), deadline: .milliseconds(20))
            #expect(short?.code == .timedOut)
            let past = await connection.failure(of: RedisCommand("ECHO", "past"), deadline: .seconds(-1))
            #expect(past?.code == .timedOut)
            server.resume()
            #expect(try await long.get().decode(as: String.self) == "long")
            let endless = try await connection.send(RedisCommand("ECHO", "endless"), deadline: .seconds(Int64.max))
            #expect(try endless.decode(as: String.self) == "endless")
        }
    }

    @Test func aTaskThatWasCancelledBeforeSendsNothing() async throws {
        try await withPatientRedis { _, connection in
            let errors = await Task {
                withUnsafeCurrentTask { $0?.cancel() }
                let pipeline = await connection.pipeline([RedisCommand("INCR", "n"), RedisCommand("INCR", "n")])
                return [await connection.failure(of: RedisCommand("INCR", "n"))]
                    + pipeline.map { if case .failure(let error) = $0 { error } else { nil } }
            }.value
            for error in errors { #expect(error?.code == .cancelled && error?.execution == .notSent) }
            let value = try await connection.get("n", as: Int.self)
            #expect(value == nil)
        }
    }

    @Test func cancellationEndsOnlyTheWait() async throws {
        try await withPatientRedis { server, connection in
            server.pause()
            let cancelled = Task { await connection.failure(of: RedisCommand("ECHO", "cancelled")) }
            let pipeline = Task { await connection.pipeline([RedisCommand("ECHO", 1), RedisCommand("ECHO", 2)]) }
            async let others = echoes(0..<100, on: connection)
            await Task.yield()
            cancelled.cancel()
            pipeline.cancel()
            #expect(await cancelled.value?.code == .cancelled)
            for result in await pipeline.value {
                let error = #expect(throws: RedisError.self) { try result.get() }
                #expect(error?.code == .cancelled)
            }
            server.resume()
            #expect(await others)
        }
    }

    @Test func aStormOfCancellationsDisturbsNobody() async throws {
        try await withPatientRedis { server, connection in
            var random = SeededGenerator()
            server.pause()
            let tasks = (0..<6_000).map { number in
                Task { try? await connection.send(RedisCommand("ECHO", number)).decode(as: Int.self) }
            }
            let isCancelled = tasks.map { _ in Int.random(in: 0..<4, using: &random) > 0 }
            let start = ContinuousClock.now
            for (task, isCancelled) in zip(tasks, isCancelled) where isCancelled { task.cancel() }
            for (task, isCancelled) in zip(tasks, isCancelled) where isCancelled { _ = await task.value }
            #expect(ContinuousClock.now - start < .seconds(15), "their waits ended although no reply came")
            server.resume()
            for (number, task) in tasks.enumerated() where !isCancelled[number] {
                #expect(await task.value == number, "\(random)")
            }
            #expect(await echoes(0..<100, on: connection))
        }
    }

    @Test func cancellationsAtAnyMomentEndEachCallOnce() async throws {
        try await withPatientRedis { _, connection in
            for number in 0..<2_000 {
                let task = Task { await connection.result(of: RedisCommand("ECHO", number)) }
                for _ in 0..<number % 7 { await Task.yield() }
                task.cancel()
                switch await task.value {
                case .success(let reply): #expect(reply == .bytes(Array("\(number)".utf8)))
                case .failure(let error): #expect(error.code == .cancelled)
                }
            }
            #expect(await echoes(0..<100, on: connection))
        }
    }

    @Test func moreThanMayWaitIsRefused() async throws {
        try await withPatientRedis(maximumPendingCommands: 10) { server, connection in
            server.pause()
            let waiting = (0..<10).map { number in Task { await connection.result(of: RedisCommand("ECHO", number)) } }
            try await eventually {
                let error = await connection.failure(of: RedisCommand("PING"), deadline: .milliseconds(1))
                // Those that were taken before the ten are dropped only with their replies.
                return error?.code == .overloaded && error?.execution == .notSent
            }
            for result in await connection.pipeline([RedisCommand("INCR", "n"), RedisCommand("INCR", "n")]) {
                let error = #expect(throws: RedisError.self) { try result.get() }
                #expect(error?.code == .overloaded)
            }
            server.resume()
            for (number, task) in waiting.enumerated() {
                switch await task.value {
                case .success(let reply): #expect(reply == .bytes(Array("\(number)".utf8)))
                case .failure(let error): #expect(error.code == .overloaded)
                }
            }
            let value = try await connection.get("n", as: Int.self)
            #expect(value == nil)
        }
    }

    @Test func closingFailsWhatWaits() async throws {
        try await withRedis(configure: { $0.deadline = .seconds(30) }) { server, client in
            try await client.ping()
            server.pause()
            defer { server.resume() }
            let waiting = (0..<20).map { _ in Task { await client.failure(of: RedisCommand("INCR", "n")) } }
            let subscriber = Task { await client.subscribe(to: ["c"]) { await $0.reduce(0) { count, _ in count + 1 } } }
            for _ in 0..<100 { await Task.yield() }
            await client.close()
            for task in waiting { #expect(await task.value?.code == .closed) }
            _ = await subscriber.value
            let later = await client.failure(of: RedisCommand("PING"))
            #expect(later?.code == .closed && later?.execution == .notSent)
            #expect(await client.failure()?.code == .closed)
            await client.close()
        }
    }

    private func echoes(_ numbers: Range<Int>, on connection: RedisConnection) async -> Bool {
        await withTaskGroup { group in
            for number in numbers {
                group.addTask { (try? await connection.send(RedisCommand("ECHO", number)).decode(as: Int.self)) == number }
            }
            return await group.allSatisfy { $0 }
        }
    }
}
