import Foundation
import RateLimiter
import Testing

@testable import RateLimiterReplay

/// Files of every kind, good and bad.
@Suite struct ReplayFileTests {
    private static let lines = (0..<20_000).map { TemporaryLog.line("10.0.\($0 % 9).\($0 % 250)", second: $0 / 8) }

    private static func data(_ lines: some Sequence<String>) -> Data {
        Data(lines.map { $0 + "\n" }.joined().utf8)
    }

    @Test func gzipIsReadAsThePlainFile() async throws {
        let contents = Self.data(Self.lines)
        let plain = try TemporaryLog(contents)
        let whole = try TemporaryLog(TemporaryLog.gzip(contents))
        let joined = try TemporaryLog(
            TemporaryLog.gzip(Self.data(Self.lines.prefix(9999))) + TemporaryLog.gzip(Self.data(Self.lines.dropFirst(9999))))
        let expected = try await replay(plain.path, "2/5s")
        for log in [whole, joined] {
            let result = try await replay(log.path, "2/5s")
            #expect(result.algorithms == expected.algorithms)
            #expect(result.lines == 20_000)
            #expect(result.damage == nil)
            #expect(result.bytes == Int64(try Data(contentsOf: URL(fileURLWithPath: log.path)).count))
        }
    }

    @Test func truncatedGzipIsReplayedAsFarAsItGoes() async throws {
        let compressed = try TemporaryLog.gzip(Self.data(Self.lines))
        let log = try TemporaryLog(compressed.prefix(compressed.count / 2))
        let result = try await replay(log.path, "2/5s")
        #expect((1..<20_000).contains(result.requests))
        #expect(result.damage?.code == .damagedCompression)
        #expect(result.damage?.message.contains("unexpected end of file") == true)
        #expect(ReplayTable.render(result).contains("Incomplete: "))
        #expect(ReplayReport.render(result).contains("Incomplete."))
    }

    @Test func gzipWithoutALineIsAnError() async throws {
        let log = try TemporaryLog(TemporaryLog.gzip(Self.data(Self.lines)).prefix(12))
        let error = await #expect(throws: ReplayError.self) { try await replay(log.path, "2/5s") }
        #expect(error?.code == .damagedCompression)
    }

    @Test func aReaderThatStopsEarlyLeavesNoChildBehind() async throws {
        // More than a pipe holds: the child waits to write.
        let log = try TemporaryLog(TemporaryLog.gzip(Self.data(Self.lines)))
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: log.path))
        var decompressor: GzipDecompressor? = try GzipDecompressor(reading: file.fileDescriptor)
        let child = try #require(decompressor?.processIdentifier)
        #expect(kill(child, 0) == 0)
        decompressor = nil
        let deadline = ContinuousClock.now + .seconds(10)
        while kill(child, 0) == 0, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
        #expect(kill(child, 0) == -1)
    }

    @Test func whatADeciderThrowsEndsTheReplay() async throws {
        struct Stop: Error {}
        struct Stopping: ReplayDecider {
            func decide(_ requests: [ReplayRequest]) throws -> [Bool] { throw Stop() }
        }
        let log = try TemporaryLog(TemporaryLog.gzip(Self.data(Self.lines)))
        let configuration = ReplayConfiguration(
            path: log.path, limit: try RateLimitQuota(parsing: "1/s"), key: try ReplayKey(parsing: "ip"))
        await #expect(throws: Stop.self) {
            try await Replay(configuration: configuration, deciders: [("stopping", Stopping())]).run()
        }
    }

    @Test func whatIsNoLogIsNamed() async throws {
        let log = try TemporaryLog(["garbage", "more garbage"])
        let empty = try TemporaryLog(Data())
        let cases: [(String, ReplayError.Code, String)] = [
            (log.path + ".missing", .missingFile, "cannot be opened"),
            (log.folder.path, .isDirectory, "is a directory"),
            (log.path, .notAnAccessLog, "line 1"),
            (empty.path, .notAnAccessLog, "is empty"),
        ]
        for (path, code, words) in cases {
            let error = await #expect(throws: ReplayError.self) { try await replay(path, "1/s") }
            #expect(error?.code == code)
            #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        }
    }

    @Test func aPipeIsReadToo() async throws {
        let log = try TemporaryLog(Data())
        let path = log.folder.appending(path: "pipe").path
        #expect(mkfifo(path, 0o600) == 0)
        let lines = Self.data(Self.lines)
        let writer = Thread {
            try? FileHandle(forWritingTo: URL(fileURLWithPath: path)).write(contentsOf: lines)
        }
        writer.start()
        #expect(try await replay(path, "2/5s").requests == 20_000)
    }
}
