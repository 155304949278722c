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

/// What stands in the way of a start, and what does not.
@Suite struct StartTests {
    @Test func secondStartOnTheSameFolderIsRefused() async throws {
        let folder = TestFolder()
        let configuration = EmbeddedRedis.Configuration(directory: folder.path)
        let first = try await EmbeddedRedis.start(configuration)
        let error = await #expect(throws: EmbeddedRedisError.self) { _ = try await EmbeddedRedis.start(configuration) }
        #expect(error?.code == .folderInUse)
        #expect(error?.message.contains(folder.path) == true)
        #expect(error?.message.contains("process \(getpid())") == true)
        #expect(await first.ask("PING") == "+PONG")

        // A crash of the server does not give the folder away either.
        await first.kill()
        let afterCrash = await #expect(throws: EmbeddedRedisError.self) { _ = try await EmbeddedRedis.start(configuration) }
        #expect(afterCrash?.code == .folderInUse)
        try await first.restart()
        await first.stop()
    }

    @Test(arguments: ["with spaces and 'quotes' \"", "ünïcode %2F#?", String(repeating: "long", count: 50)])
    func folderMayHaveAnyName(_ name: String) async throws {
        let folder = TestFolder(name: name)
        let redis = try await EmbeddedRedis.start(.init(directory: folder.path, durability: .always))
        #expect(await redis.ask("INCR", "counter") == ":1")
        #expect(exists(folder.path + "/redis.log"))
        #expect(UnixSocket.canHold(redis.socketPath))
        #expect(URL(string: redis.url)?.path == redis.socketPath)
        await redis.kill()
        try await redis.restart()
        #expect(await redis.ask("INCR", "counter") == ":2")
        await redis.stop()
        #expect(!exists(redis.socketPath))
        if let socketFolder = redis.folder.socketFolder { #expect(!exists(socketFolder)) }
    }

    @Test func leftoversOfACrashAreNoObstacle() async throws {
        let folder = TestFolder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        for name in ["redis.sock", "redis.pid", "instance.lock", "server.lock"] {
            try Data("1\n".utf8).write(to: URL(fileURLWithPath: folder.path + "/" + name))
        }
        let redis = try await EmbeddedRedis.start(.init(directory: folder.path))
        #expect(await redis.ask("PING") == "+PONG")
        await redis.stop()
    }

    @Test func missingExecutableIsNamed() async throws {
        let folder = TestFolder()
        let error = await #expect(throws: EmbeddedRedisError.self) {
            _ = try await EmbeddedRedis.start(.init(directory: folder.path, executable: "/nowhere/redis-server"))
        }
        #expect(error?.code == .executableNotFound)
        #expect(error?.message.contains("/nowhere/redis-server") == true)
        #expect(error?.message.contains("apt-get install redis-server") == true)
        #expect(!exists(folder.path))
    }

    @Test func executableIsSearchedForInOrder() throws {
        let real = try ServerExecutable.find()
        let folder = URL(fileURLWithPath: real).deletingLastPathComponent().path
        #expect(try ServerExecutable.find("/bin/sh", environment: ["REDIS_SERVER": real]) == "/bin/sh")
        #expect(try ServerExecutable.find(environment: ["REDIS_SERVER": "/bin/sh", "PATH": folder]) == "/bin/sh")
        #expect(try ServerExecutable.find(environment: ["PATH": "/nowhere:\(folder)"], usualFolders: []) == real)
        #expect(try ServerExecutable.find(environment: [:], usualFolders: [folder]) == real)
        for environment in [["REDIS_SERVER": "/nowhere"], ["REDIS_SERVER": "/tmp"], ["PATH": "/nowhere"], [:]] {
            let error = #expect(throws: EmbeddedRedisError.self) {
                try ServerExecutable.find(environment: environment, usualFolders: [])
            }
            #expect(error?.code == .executableNotFound)
        }
    }

    @Test func unusableFolderIsNamed() async {
        let error = await #expect(throws: EmbeddedRedisError.self) {
            _ = try await EmbeddedRedis.start(.init(directory: "/dev/null/data"))
        }
        #expect(error?.code == .folderNotUsable)
        #expect(error?.message.contains("/dev/null/data") == true)
    }

    @Test func serverThatRefusesItsOptionsTellsWhy() async throws {
        let folder = TestFolder()
        let error = await #expect(throws: EmbeddedRedisError.self) {
            _ = try await EmbeddedRedis.start(.init(directory: folder.path, extraArguments: ["--no-such-option", "1"]))
        }
        #expect(error?.code == .didNotStart)
        #expect(error?.message.contains("no-such-option") == true)
        #expect(!exists(folder.path + "/redis.sock"))
    }

    @Test func serverThatDemandsAPasswordIsReady() async throws {
        let redis = try await EmbeddedRedis.temporary(extraArguments: ["--requirepass", "secret"])
        #expect(await redis.ask("PING")?.hasPrefix("-NOAUTH") == true)
        await redis.stop()
    }

    @Test func serverThatIsStillLoadingIsWaitedFor() async throws {
        let folder = TestFolder()
        var configuration = EmbeddedRedis.Configuration(directory: folder.path)
        let first = try await EmbeddedRedis.start(configuration)
        let fill = "for i = 1, 6000 do redis.call('set', 'key' .. i, i) end return 1"
        #expect(await first.ask("EVAL", fill, "0") == ":1")
        await first.stop()

        // In microseconds a key. Between every thousand keys it answers -LOADING.
        configuration.extraArguments = ["--key-load-delay", "300"]
        let second = try await EmbeddedRedis.start(configuration)
        #expect(await second.ask("DBSIZE") == ":6000")
        await second.stop()
        let log = try String(contentsOfFile: folder.path + "/redis.log", encoding: .utf8)
        #expect(log.contains("DB loaded from append only file"))
    }

    @Test(arguments: [0, 1, 5, 20, 60]) func cancelledStartLeavesNothing(afterMilliseconds delay: Int) async throws {
        let folder = TestFolder()
        let directory = folder.path
        let start = Task { try await EmbeddedRedis.start(.init(directory: directory)) }
        try await Task.sleep(for: .milliseconds(delay))
        start.cancel()
        switch await start.result {
        case .success(let redis): await redis.stop()
        case .failure(let error): #expect((error as? EmbeddedRedisError)?.code == .cancelled)
        }
        // Guardian and server hold the lock for as long as either lives; and, until it runs its own program, a process that
        // another test starts at this very moment.
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        #expect(
            try await eventually(within: .seconds(2)) {
                (try? FolderLock.acquire(directory + "/server.lock", note: "")) != nil
            })
    }

    /// Between fork and exec a child holds copies of our descriptors, and for a lock a copy is as good as the original.
    @Test func lockEndsWithItsHolderAndNotWithACopyOfItsDescriptor() throws {
        let folder = TestFolder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let path = folder.path + "/test.lock"
        var lock = try FolderLock.acquire(path, note: "")
        let copy = try #require(lock.flatMap { FileDescriptor(dup($0.descriptor.number)) })
        #expect(try FolderLock.acquire(path, note: "") == nil)
        lock = nil
        #expect(try FolderLock.acquire(path, note: "") != nil)
        withExtendedLifetime(copy) {}
    }

    @Test(.timeLimit(.minutes(1))) func serverThatDoesNotObeyIsKilled() async throws {
        let folder = TestFolder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let (stubborn, started) = (folder.path + "/stubborn", folder.path + "/started")
        let script = "#!/bin/sh\ntrap '' TERM\necho $$ > '\(started)'\nwhile :; do sleep 0.1; done\n"
        // Written by another process: a file that is open for writing cannot be run, and a child that another test is starting
        // right now would hold a descriptor of ours open.
        let writer = Process()
        writer.executableURL = URL(fileURLWithPath: "/bin/sh")
        writer.arguments = ["-c", #"printf %s "$1" > "$2" && chmod 700 "$2""#, "writer", script, stubborn]
        try writer.run()
        writer.waitUntilExit()
        try #require(writer.terminationStatus == 0)

        let configuration = EmbeddedRedis.Configuration(directory: folder.path, executable: stubborn)
        let start = Task { try await EmbeddedRedis.start(configuration) }
        #expect(try await eventually { FolderLock.note(in: started) != nil })
        let server = try #require(FolderLock.note(in: started).flatMap { Int32($0) })
        #expect(isAlive(server))
        start.cancel()
        await #expect(throws: EmbeddedRedisError.self) { _ = try await start.value }
        #expect(!isAlive(server))
    }
}
