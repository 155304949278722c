import Foundation
import RateLimiter
import RateLimiterReplay

/// A file in a folder of its own, which goes when the value goes.
final class TemporaryLog {
    let folder: URL
    let path: String

    init(_ contents: Data) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "replay-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appending(path: "access.log").path
        try contents.write(to: URL(fileURLWithPath: path))
    }

    convenience init(_ lines: [String]) throws {
        try self.init(Data(lines.map { $0 + "\n" }.joined().utf8))
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    /// A line of a client, at a second of 17 May 2015, 10:00.
    static func line(_ host: String = "10.0.0.1", second: Int, agent: String = "agent", path: String = "/") -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let time = "\(two(10 + second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
        return #"\#(host) - - [17/May/2015:\#(time) +0000] "GET \#(path) HTTP/1.1" 200 5 "-" "\#(agent)""#
    }

    /// The bytes as `gzip` compresses them.
    static func gzip(_ contents: Data) throws -> Data {
        let plain = try TemporaryLog(contents)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-c", plain.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let compressed = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return compressed
    }
}

/// Replays against the models.
func replay(
    _ path: String, _ limit: String, by key: String = "ip", configure: (inout ReplayConfiguration) -> Void = { _ in }
) async throws -> ReplayResult {
    let limit = try RateLimitQuota(parsing: limit)
    var configuration = ReplayConfiguration(path: path, limit: limit, key: try ReplayKey(parsing: key))
    configure(&configuration)
    return try await Replay(configuration: configuration, deciders: ModelDecider.all(limit)).run()
}
