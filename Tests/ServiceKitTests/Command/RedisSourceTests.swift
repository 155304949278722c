import Foundation
import TestSupport
import Testing

@testable import ServiceKit

@Suite("The Redis that a command works on")
struct RedisSourceTests {
    private func source(redis: String? = nil, dataDir: String? = nil) throws -> RedisSource {
        try RedisSource(
            name: "test-service", options: options(redis: redis, dataDir: dataDir, logLevel: "critical").redis,
            settings: Settings(environment: [:]))
    }

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "source-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    private func runs(_ folder: String) -> Bool {
        FileManager.default.fileExists(atPath: folder + "/redis/redis.sock")
    }

    @Test("A private one, whose data lies below the folder, and which ends with the command")
    func privateOne() async throws {
        try await withFolder { folder in
            let source = try source(dataDir: folder)
            let answer = try await source.withClient(.standardError("test", level: source.logLevel)) { client in
                try await client.check()
                #expect(runs(folder))
                return 42
            }
            #expect(answer == 42 && !runs(folder))
            #expect(FileManager.default.fileExists(atPath: folder + "/redis/appendonlydir"))
        }
    }

    @Test("Beside one that runs on that folder: that one, which goes on; also the one that was named")
    func besideAnother() async throws {
        try await withFolder { folder in
            let source = try source(dataDir: folder)
            try await source.withClient(.standardError("test", level: source.logLevel)) { first in
                try await source.withClient(.standardError("test", level: source.logLevel)) { second in try await second.check() }
                let named = try self.source(redis: "redis+unix://\(folder)/redis/redis.sock")
                try await named.withClient(.standardError("test", level: source.logLevel)) { third in try await third.check() }
                #expect(runs(folder))
                try await first.check()
            }
            #expect(!runs(folder))
        }
    }

    @Test("It ends with the command also when the command fails")
    func failing() async throws {
        struct Failure: Error {}
        try await withFolder { folder in
            let source = try source(dataDir: folder)
            await #expect(throws: Failure.self) {
                try await source.withClient(.standardError("test", level: source.logLevel)) { _ in
                    #expect(runs(folder))
                    throw Failure()
                }
            }
            #expect(!runs(folder))
        }
    }
}
