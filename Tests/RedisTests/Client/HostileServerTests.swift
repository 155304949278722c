import NIOCore
import NIOPosix
import Redis
import TestSupport
import Testing

/// Servers that are not what they should be: the client backs off, and nobody is given a reply that is not theirs.
@Suite struct HostileServerTests {
    private func withClient(
        of server: HostileServer, configure: (inout RedisConfiguration) -> Void = { _ in },
        _ body: (RedisClient) async throws -> Void
    ) async throws {
        var configuration = server.configuration
        configuration.deadline = .seconds(30)
        configuration.maximumReconnectDelay = .milliseconds(50)
        configuration.failuresToOpenCircuit = .max
        configure(&configuration)
        // One event loop: one connection.
        let client = RedisClient(configuration, eventLoopGroup: MultiThreadedEventLoopGroup.singleton.next())
        do {
            try await body(client)
        } catch {
            await client.close()
            throw error
        }
        await client.close()
    }

    enum Misbehaviour: String, CaseIterable {
        case closesAtOnce, closesAfterTheGreeting, sendsGarbage, repliesUnasked, repliesUnaskedAfterTheGreeting, isLoading
        case speaksHTTP, closesHalfWayThroughAReply
    }

    @Test(arguments: Misbehaviour.allCases)
    func backsOff(_ misbehaviour: Misbehaviour) async throws {
        let start = ContinuousClock.now
        try await HostileServer.with(
            accepted: { _ in
                switch misbehaviour {
                case .closesAtOnce: .sendAndClose("")
                case .sendsGarbage: .send("\0\u{1}garbage\r\n")
                case .repliesUnasked: .send("+OK\r\n:1\r\n+PONG\r\n+OK\r\n+OK\r\n")
                case .speaksHTTP: .send("HTTP/1.1 400 Bad Request\r\n\r\n")
                default: .ignore
                }
            },
            command: { _, command in
                switch (misbehaviour, command.first) {
                case (.isLoading, "PING"): return .send("-LOADING Redis is loading the dataset in memory\r\n")
                case (.closesAfterTheGreeting, "CLIENT"): return .sendAndClose("+OK\r\n")
                case (.repliesUnaskedAfterTheGreeting, "CLIENT"): return .send("+OK\r\n+OK\r\n$5\r\nwrong\r\n")
                case (.closesHalfWayThroughAReply, "PING"): return .sendAndClose("+PO")
                case (.closesHalfWayThroughAReply, _): return .ignore
                default: return HostileServer.greet(command) ?? .ignore
                }
            }
        ) { server in
            try await withClient(of: server) { client in
                let read = RedisCommand("GET", "k", isIdempotent: true)
                let victim = Task { await client.failure(of: read, deadline: .seconds(1)) }
                try await eventually(within: .seconds(20)) { server.seen.connections >= 12 }
                // The pauses before the 2nd to the 12th attempt: none, 10, 20, and eight of 25 ms at the least.
                #expect(ContinuousClock.now - start >= .milliseconds(230))
                #expect(await victim.value != nil, "no reply is taken for that of a command that was not sent")
            }
        }
    }

    @Test func aGreetingThatIsNeverAnswered() async throws {
        try await HostileServer.with(command: { _, _ in .ignore }) { server in
            try await withClient(of: server, configure: { $0.connectDeadline = .milliseconds(50) }) { client in
                let start = ContinuousClock.now
                let error = await client.failure(of: RedisCommand("GET", "k"), deadline: .milliseconds(200))
                #expect(error?.code == .notConnected && error?.execution == .notSent)
                let first = server.seen.connections
                try await eventually { server.seen.connections >= first + 5 }
                #expect(ContinuousClock.now - start >= .milliseconds(50 * 5))
                #expect(server.seen.count(of: "GET") == 0)
            }
        }
    }

    @Test func aNodeThatHangsWhileConnectingOpensTheCircuitToo() async throws {
        try await HostileServer.with(command: { _, _ in .ignore }) { server in
            func patient(_ configuration: inout RedisConfiguration) {
                configuration.connectDeadline = .seconds(60)
                configuration.failuresToOpenCircuit = 5
            }
            try await withClient(of: server, configure: patient) { client in
                for _ in 0..<5 {
                    let error = await client.failure(of: RedisCommand("GET", "k"), deadline: .milliseconds(20))
                    #expect(error?.code == .notConnected)
                }
                #expect(await client.failure(of: RedisCommand("GET", "k"))?.code == .circuitOpen)
            }
        }
    }

    @Test func loadingIsNotUp() async throws {
        try await HostileServer.with(command: { connection, command in
            if connection < 4, command.first == "PING" { return .send("-LOADING Redis is loading the dataset in memory\r\n") }
            return HostileServer.greet(command) ?? .send("$4\r\nhere\r\n")
        }) { server in
            try await withClient(of: server) { client in
                let value = try await client.get("k", as: String.self)
                #expect(value == "here")
                #expect(server.seen.connections == 4)
                #expect(server.seen.count(of: "GET") == 1)
            }
        }
    }

    @Test func onlyWhatIsIdempotentIsSentAgain() async throws {
        try await HostileServer.with(command: { connection, command in
            if let greeting = HostileServer.greet(command) { return greeting }
            return connection == 1 ? .sendAndClose("") : .send("$5\r\nagain\r\n")
        }) { server in
            try await withClient(of: server) { client in
                try await client.ping()
                async let read = client.result(of: RedisCommand("GET", "k", isIdempotent: true))
                async let increment = client.failure(of: RedisCommand("INCR", "n"))
                async let pipeline = client.pipeline([RedisCommand("GET", "k", isIdempotent: true)])
                // Those that were not sent before the loss are sent after it.
                #expect(try await read.get().decode(as: String.self) == "again")
                let error = await increment
                #expect(error == nil || error?.code == .connectionLost && error?.execution == .mayHaveBeenExecuted)
                _ = await pipeline
                #expect(server.seen.count(of: "INCR") == 1)
            }
        }
    }

    @Test func whatWasSentOnceIsNeverCalledUnsent() async throws {
        try await HostileServer.with(command: { connection, command in
            guard connection == 1 else { return .ignore }
            return HostileServer.greet(command) ?? .sendAndClose("")
        }) { server in
            try await withClient(of: server) { client in
                try await client.ping()
                let error = await client.failure(of: RedisCommand("GET", "k", isIdempotent: true), deadline: .milliseconds(300))
                #expect(server.seen.count(of: "GET") == 1)
                #expect(error?.execution == .mayHaveBeenExecuted)
            }
        }
    }

    @Test func aReplyThatIsTooLargeBreaksTheConnectionOnly() async throws {
        try await HostileServer.with(command: { connection, command in
            if let greeting = HostileServer.greet(command) { return greeting }
            return connection == 1 ? .send("$1000000\r\n" + String(repeating: "x", count: 200_000)) : .send("$2\r\nok\r\n")
        }) { server in
            try await withClient(of: server, configure: { $0.maximumReplySize = 100_000 }) { client in
                try await client.ping()
                let error = await client.failure(of: RedisCommand("INCR", "n"))
                #expect(error?.code == .connectionLost && error?.execution == .mayHaveBeenExecuted)
                #expect(try await client.get("k", as: String.self) == "ok")
            }
        }
    }

    @Test func anAddressWhereNobodyListens() async throws {
        var configuration = RedisConfiguration(address: .unixSocket(path: "/nowhere/redis.sock"))
        configuration.deadline = .milliseconds(100)
        let client = RedisClient(configuration)
        let error = await client.failure(of: RedisCommand("INCR", "n"))
        #expect(error?.execution == .notSent)
        try await eventually { await client.failure()?.code == .notConnected }
        try await eventually { await client.failure(of: RedisCommand("INCR", "n"))?.code == .circuitOpen }
        await client.close()
    }

    @Test(
        .enabled("a minimal system knows no localhost") {
            (try? SocketAddress.makeAddressResolvingHost("localhost", port: 1)) != nil
        })
    func aHostWithSeveralAddresses() async throws {
        // `localhost` is ::1 and 127.0.0.1 nearly everywhere, and the server listens on one of them.
        try await HostileServer.with(command: { _, command in HostileServer.greet(command) ?? .send("$2\r\nok\r\n") }) { server in
            guard case .tcp(_, let port) = server.configuration.address else { return }
            try await withClient(of: server, configure: { $0.address = .tcp(host: "localhost", port: port) }) { client in
                for _ in 0..<20 { try await client.ping() }
                #expect(server.seen.connections == 1)
            }
        }
    }
}
