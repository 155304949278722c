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

/// Each test runs its exit test's body in a process of its own, which starts a server and is then killed.
@Suite struct ParentDeathTests {
    @Test func serverEndsWithAParentThatIsKilled() async throws {
        let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
            let redis = try await EmbeddedRedis.temporary()
            tell(redis)
            kill(getpid(), SIGKILL)
        }
        let (server, directory) = try told(result)
        #expect(try await eventually(within: .seconds(9)) { !isAlive(server) && !exists(directory) })
    }

    @Test func pausedServerEndsWithAParentThatIsKilled() async throws {
        let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
            let redis = try await EmbeddedRedis.temporary()
            tell(redis)
            redis.pause()
            kill(getpid(), SIGKILL)
        }
        let (server, directory) = try told(result)
        #expect(try await eventually(within: .seconds(9)) { !isAlive(server) && !exists(directory) })
    }

    @Test func serverEndsWithAParentThatIgnoresSignalsAndExits() async throws {
        let result = await #expect(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
            for number in [SIGTERM, SIGINT, SIGHUP, SIGPIPE] { signal(number, SIG_IGN) }
            let redis = try await EmbeddedRedis.temporary()
            tell(redis)
            exit(0)
        }
        let (server, directory) = try told(result)
        #expect(try await eventually(within: .seconds(9)) { !isAlive(server) && !exists(directory) })
    }

    @Test func startAfterAKilledParentFindsItsData() async throws {
        let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
            let redis = try await EmbeddedRedis.start(.init(directory: newDirectory()))
            _ = await redis.ask("INCR", "counter")
            tell(redis)
            kill(getpid(), SIGKILL)
        }
        let (server, directory) = try told(result)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        // At once, with the first server perhaps not gone yet.
        let redis = try await EmbeddedRedis.start(.init(directory: directory))
        #expect(!isAlive(server))
        #expect(await redis.ask("INCR", "counter") == ":2")
        await redis.stop()
    }

    @Test func serverThatOutlivedParentAndGuardianIsShutDownFirst() async throws {
        let result = await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
            let redis = try await EmbeddedRedis.start(.init(directory: newDirectory()))
            _ = await redis.ask("INCR", "counter")
            tell(redis)
            kill(getpgid(redis.processIdentifier), SIGKILL)
            kill(getpid(), SIGKILL)
        }
        let (server, directory) = try told(result)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        #expect(isAlive(server))
        let redis = try await EmbeddedRedis.start(.init(directory: directory))
        #expect(!isAlive(server))
        #expect(await redis.ask("INCR", "counter") == ":2")
        await redis.stop()
    }

    @Test func serverWhoseGuardianIsKilledIsStoppedAllTheSame() async throws {
        let redis = try await EmbeddedRedis.temporary()
        kill(getpgid(redis.processIdentifier), SIGKILL)
        #expect(await redis.ask("PING") == "+PONG")
        await redis.stop()
        #expect(try await eventually { !isAlive(redis.processIdentifier) })
    }
}

private func newDirectory() -> String {
    FileManager.default.temporaryDirectory.path + "/embedded-redis-tests-" + UUID().uuidString
}

/// Says on standard output which server runs where.
private func tell(_ redis: EmbeddedRedis) {
    let line = "\nSERVER \(redis.processIdentifier) \(redis.folder.directory)\n"
    _ = write(STDOUT_FILENO, line, line.utf8.count)
}

private func told(_ result: ExitTest.Result?) throws -> (server: Int32, directory: String) {
    let output = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
    let line = try #require(output.split(separator: "\n").first { $0.hasPrefix("SERVER ") })
    let words = line.split(separator: " ")
    return (try #require(Int32(words[1])), String(words[2]))
}
