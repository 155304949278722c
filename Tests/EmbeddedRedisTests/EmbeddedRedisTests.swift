import Foundation
import func TestSupport.isAlive
import Testing

@testable import EmbeddedRedis

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite struct EmbeddedRedisTests {
    @Test func answersUntilItIsStoppedAndLeavesNothing() async throws {
        let folder = TestFolder()
        let redis = try await EmbeddedRedis.start(.init(directory: folder.path))
        let server = redis.processIdentifier
        #expect(redis.socketPath == folder.path + "/redis.sock")
        #expect(redis.url == "redis+unix://" + folder.path + "/redis.sock")
        #expect(await redis.ask("PING") == "+PONG")
        #expect(isAlive(server))

        await redis.stop()
        #expect(!isAlive(server))
        #expect(!exists(redis.socketPath))
        await redis.stop()
    }

    @Test func temporaryFolderIsPrivateAndGoesWithTheServer() async throws {
        let redis = try await EmbeddedRedis.temporary()
        let directory = redis.folder.directory
        let permissions = try FileManager.default.attributesOfItem(atPath: directory)[.posixPermissions] as? Int
        #expect(permissions == 0o700)
        #expect(await redis.ask("PING") == "+PONG")

        await redis.stop()
        #expect(!exists(directory))
        #expect(!isAlive(redis.processIdentifier))
    }

    @Test func releasingTheLastReferenceEndsTheServer() async throws {
        var redis: EmbeddedRedis? = try await .temporary()
        let server = try #require(redis).processIdentifier
        let directory = try #require(redis).folder.directory
        redis = nil
        #expect(try await eventually { !isAlive(server) && !exists(directory) })
    }

    @Test func acknowledgedWritesSurviveKill() async throws {
        let redis = try await EmbeddedRedis.temporary(durability: .always)
        let first = redis.processIdentifier
        for expected in 1...100 {
            #expect(await redis.ask("INCR", "counter") == ":\(expected)")
        }
        await redis.kill()
        #expect(!isAlive(first))
        #expect(await redis.ask("PING") == nil)

        let (url, socketPath) = (redis.url, redis.socketPath)
        try await redis.restart()
        #expect((redis.url, redis.socketPath) == (url, socketPath))
        #expect(redis.processIdentifier != first)
        #expect(await redis.ask("INCR", "counter") == ":101")
        await redis.stop()
    }

    @Test func dataSurvivesAnOrderlyStopAndALaterStart() async throws {
        let folder = TestFolder()
        let configuration = EmbeddedRedis.Configuration(directory: folder.path)
        let first = try await EmbeddedRedis.start(configuration)
        #expect(await first.ask("INCR", "counter") == ":1")
        await first.stop()

        let second = try await EmbeddedRedis.start(configuration)
        #expect(await second.ask("INCR", "counter") == ":2")
        await second.stop()
        try await first.restart()
        #expect(await first.ask("INCR", "counter") == ":3")
        await first.stop()
    }

    @Test func durabilityAndExtraArgumentsReachTheServer() async throws {
        let redis = try await EmbeddedRedis.temporary(durability: .always, extraArguments: ["--maxmemory", "5mb"])
        let settings = ["appendfsync": "always", "maxmemory": "5242880", "appendonly": "yes", "port": "0", "save": ""]
        for (name, value) in settings {
            let expected = ["*2", "$\(name.utf8.count)", name, "$\(value.utf8.count)", value]
            #expect(try await redis.ask("CONFIG", "GET", name, lines: 5) == expected)
        }
        await redis.stop()
    }

    @Test func pausedServerIsSilentAndGoesOnWhenResumed() async throws {
        let redis = try await EmbeddedRedis.temporary()
        redis.pause()
        #expect(await UnixSocket.ask(["PING"], at: redis.socketPath, within: .milliseconds(200)) == nil)
        redis.resume()
        #expect(await redis.ask("PING") == "+PONG")
        await redis.stop()
    }

    @Test func pausedServerIsStoppedInOrder() async throws {
        let redis = try await EmbeddedRedis.temporary()
        redis.pause()
        let time = await ContinuousClock().measure { await redis.stop() }
        #expect(time < .seconds(Guardian.secondsUntilKill - 1), "It obeyed, rather than being killed.")
        #expect(!isAlive(redis.processIdentifier))
    }

    @Test func interruptFromTheTerminalDoesNotReachTheServer() async throws {
        let redis = try await EmbeddedRedis.temporary()
        #expect(getpgid(redis.processIdentifier) != getpgrp())
        await redis.stop()
    }

    #if os(Linux)
    @Test func serverInheritsNoDescriptor() async throws {
        let folder = TestFolder()
        let inheritable = open("/dev/zero", O_RDONLY)
        defer { close(inheritable) }
        #expect(fcntl(inheritable, F_GETFD) & FD_CLOEXEC == 0)
        let redis = try await EmbeddedRedis.start(.init(directory: folder.path))
        let descriptors = "/proc/\(redis.processIdentifier)/fd"
        // The connection that asked whether it is ready may be closing just now.
        let files = try FileManager.default.contentsOfDirectory(atPath: descriptors).compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: descriptors + "/" + $0)
        }
        #expect(files.contains(folder.path + "/server.lock"))
        #expect(!files.contains("/dev/zero"))
        #expect(!files.contains(folder.path + "/instance.lock"))
        await redis.stop()
    }
    #endif

    @Test func restartOfARunningServerIsRefused() async throws {
        let redis = try await EmbeddedRedis.temporary()
        let error = await #expect(throws: EmbeddedRedisError.self) { try await redis.restart() }
        #expect(error?.code == .alreadyRunning)
        #expect(await redis.ask("PING") == "+PONG")
        await redis.stop()
    }

    @Test func serverThatEndedByItselfCanBeRestarted() async throws {
        let redis = try await EmbeddedRedis.temporary()
        #expect(await redis.ask("INCR", "counter") == ":1")
        let first = redis.processIdentifier
        #expect(await redis.ask("SHUTDOWN") == nil)
        #expect(try await eventually { !isAlive(first) })
        try await redis.restart()
        #expect(await redis.ask("INCR", "counter") == ":2")
        await redis.stop()
    }

    @Test func concurrentCallsTakeTurns() async throws {
        let redis = try await EmbeddedRedis.temporary()
        let server = redis.processIdentifier
        await withTaskGroup { group in
            for _ in 1...4 {
                group.addTask { await redis.stop() }
                group.addTask { await redis.kill() }
            }
        }
        #expect(!isAlive(server))
        #expect(!exists(redis.folder.directory))
    }

    @Test func severalAtOnce() async throws {
        let servers = try await withThrowingTaskGroup(of: EmbeddedRedis.self) { group in
            for _ in 1...5 { group.addTask { try await .temporary() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(servers.map(\.url)).count == 5)
        for server in servers {
            #expect(await server.ask("INCR", "counter") == ":1")
            await server.stop()
        }
    }
}
