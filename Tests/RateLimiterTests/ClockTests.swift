import Foundation
import Testing

@Suite("The node's wall clock decides nothing")
struct ClockTests {
    /// Limits follow Redis' clock, and waits in memory a monotonic one. That the wall clock may be moved is harmless because
    /// nothing reads it.
    @Test("No source of the limiter reads it")
    func noWallClock() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let folder = root.appending(path: "Sources/RateLimiter")
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        let wallClocks = [
            /\bDate\b/, /\bgettimeofday\b/, /\bclock_gettime\b/, /\bCLOCK_REALTIME\b/, /\btime\(/, /\bDispatchWallTime\b/,
            /\bContinuousClock\b/, /\bSuspendingClock\b/, /\bUTCClock\b/, /^import Foundation$/.anchorsMatchLineEndings(),
        ]
        var read = 0
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            read += 1
            for clock in wallClocks {
                #expect(text.firstMatch(of: clock) == nil, "\(file.lastPathComponent)")
            }
        }
        #expect(read > 15)
    }
}
