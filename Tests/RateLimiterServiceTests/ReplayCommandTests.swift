import Foundation
import TestSupport
import Testing

/// `rate-limiter replay`: what a limit would have done to the requests of an access log.
@Suite(.slots(1))
struct ReplayCommandTests {
    /// One address asks once a second for half a minute, another three times behind it.
    private static let log =
        (0..<30).map { line("192.0.2.1", second: $0, path: "/a") }.joined()
        + (30..<33).map { line("192.0.2.2", second: $0, path: "/b") }.joined()

    private static func line(_ address: String, second: Int, path: String) -> String {
        let time = "21/Nov/2026:06:00:\(second < 10 ? "0" : "")\(second) +0000"
        return "\(address) - - [\(time)] \"GET \(path) HTTP/1.1\" 200 12 \"-\" \"curl/8.0\"\n"
    }

    private struct Report: Decodable {
        struct Outcome: Decodable {
            let algorithm: String
            let admitted: Int
            let refused: Int
            let keysLimited: Int
        }
        let requests: Int
        let keys: Int
        let algorithms: [Outcome]
    }

    @Test(arguments: [false, true])
    func `a log, plain or gzip, gives a table, a report and figures`(_ isCompressed: Bool) async throws {
        try await withLog(isCompressed: isCompressed) { log, folder in
            let (html, json) = (folder + "/report.html", folder + "/figures.json")
            let result = try await run(
                .rateLimiter,
                ["replay", log, "--limit", "10/1m", "--by", "ip", "--algorithm", "all", "--report", html, "--json", json])
            #expect(result.exit == .code(0) && result.errors.isEmpty, "\(result)")

            func row(_ name: String) -> [String] {
                let line = result.output.split(separator: "\n").first { $0.hasPrefix(name + " ") } ?? ""
                return line.dropFirst(name.count).split(separator: " ").map(String.init)
            }
            #expect(result.output.contains("33 requests, 2 keys by ip"), "\(result.output)")
            // Ten at once, and one more every six seconds: four by the 24th. A window has room again after a minute.
            #expect(row("admitted") == ["17", "13", "13"], "\(result.output)")
            #expect(row("refused") == ["16", "20", "20"], "\(result.output)")
            for algorithm in ["token-bucket", "sliding-window", "fixed-window"] { #expect(result.output.contains(algorithm)) }

            let figures = try JSONDecoder().decode(Report.self, from: Data(contentsOf: URL(filePath: json)))
            #expect(figures.requests == 33 && figures.keys == 2)
            #expect(figures.algorithms.map(\.algorithm) == ["token-bucket", "sliding-window", "fixed-window"])
            #expect(figures.algorithms.map(\.admitted) == [17, 13, 13])
            #expect(figures.algorithms.map(\.refused) == [16, 20, 20])
            #expect(figures.algorithms.map(\.keysLimited) == [1, 1, 1])

            let page = try String(contentsOfFile: html, encoding: .utf8)
            #expect(page.lowercased().hasPrefix("<!doctype html>") && page.contains("192.0.2.1") && page.contains("<svg"))
            #expect(!page.contains("src=\"http") && !page.contains("href=\"http"), "it works without the network")
        }
    }

    @Test(arguments: [
        ("token-bucket", "path", "17"), ("sliding-window", "ip+path", "13"), ("fixed-window", "agent", "10"),
        ("token-bucket", "method", "15"),
    ])
    func `one algorithm, by whatever the log tells`(_ algorithm: String, _ key: String, _ admitted: String) async throws {
        try await withLog { log, _ in
            let result = try await run(.rateLimiter, ["replay", log, "--limit", "10/1m", "--by", key, "--algorithm", algorithm])
            #expect(result.exit == .code(0), "\(result)")
            let line = result.output.split(separator: "\n").first { $0.hasPrefix("admitted ") }
            #expect(line?.split(separator: " ").dropFirst().map(String.init) == [admitted], "\(result.output)")
        }
    }

    @Test(arguments: ["foo", "", "10", "10/", "/1m", "0/1m", "-1/1m", "10/0s", "10/1x", "1.5/1m", "99999999999/1m", "10/9999d"])
    func `a limit that is none ends with 64`(_ limit: String) async throws {
        try await withLog { log, _ in
            let result = try await run(.rateLimiter, ["replay", log, "--limit=\(limit)"])
            #expect(result.exit == .code(64) && result.output.isEmpty, "\(result)")
            let first = result.errors.prefix { $0 != "\n" }
            #expect(first.hasPrefix("Error: ") && first.contains("limit"), "\(result.errors)")
        }
    }

    @Test func `what cannot be read or written has an exit code of its own`() async throws {
        try await withLog { log, folder in
            func expect(_ arguments: [String], _ code: Int32, _ word: String) async throws {
                let result = try await run(.rateLimiter, ["replay", "--limit", "10/1m"] + arguments)
                #expect(result.exit == .code(code), "\(arguments): \(result)")
                #expect(result.errors.hasPrefix("Error: ") && result.errors.contains(word), "\(result.errors)")
            }
            try await expect([folder + "/none.log"], 66, "none.log")
            try await expect([folder], 66, "directory")
            try await expect([log, "--by", "nonsense"], 64, "nonsense")
            try await expect([log, "--report", folder + "/none/report.html"], 73, "report.html")
            try await expect([log, "--json", folder + "/none/figures.json"], 73, "figures.json")
            let noLog = folder + "/no.log"
            try "This is\nno access log.\n".write(toFile: noLog, atomically: true, encoding: .utf8)
            try await expect([noLog], 65, "no.log")
        }
        try await withLog(isCompressed: true) { log, folder in
            let whole = try Data(contentsOf: URL(filePath: log))
            let cut = folder + "/cut.log.gz"
            try whole.prefix(whole.count / 2).write(to: URL(filePath: cut))
            let result = try await run(.rateLimiter, ["replay", cut, "--limit", "10/1m"])
            #expect(result.exit == .code(65), "\(result)")
        }
    }

    private func withLog(isCompressed: Bool = false, _ body: (String, String) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/access.log"
            try Self.log.write(toFile: path, atomically: true, encoding: .utf8)
            if isCompressed {
                #expect(try await run(.at("/usr/bin/env"), ["gzip", path]).exit == .code(0))
            }
            try await body(isCompressed ? path + ".gz" : path, folder)
        }
    }
}
