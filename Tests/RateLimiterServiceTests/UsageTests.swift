import TestSupport
import Testing

/// How the program is called, and what it says when that is wrong.
@Suite(.slots(1))
struct UsageTests {
    struct Mistake: CustomTestStringConvertible {
        let arguments: [String]
        var environment: [String: String] = [:]
        /// What the first line on standard error says.
        let words: [String]
        var testDescription: String { (environment.map { "\($0)=\($1)" } + arguments).joined(separator: " ") }
    }

    static let mistakes: [Mistake] = [
        Mistake(arguments: ["--nope"], words: ["--nope"]),
        Mistake(arguments: ["serve", "extra"], words: ["extra"]),
        Mistake(arguments: ["--port"], words: ["--port"]),
        Mistake(arguments: ["--port", "abc"], words: ["--port", "abc"]),
        Mistake(arguments: ["--port", "65536"], words: ["--port", "65536", "65535"]),
        Mistake(arguments: ["--port=-1"], words: ["--port", "-1"]),
        Mistake(arguments: [], environment: ["PORT": "abc"], words: ["PORT", "abc"]),
        Mistake(arguments: [], environment: ["PORT": "70000"], words: ["port", "70000"]),
        Mistake(arguments: ["--threads", "0"], words: ["--threads", "0"]),
        Mistake(arguments: [], environment: ["THREADS": "many"], words: ["THREADS", "many"]),
        Mistake(arguments: ["--log-level", "loud"], words: ["--log-level", "loud", "warning"]),
        Mistake(arguments: [], environment: ["LOG_LEVEL": "loud"], words: ["log-level", "loud"]),
        Mistake(arguments: ["--fsync", "never"], words: ["--fsync", "everysec, always"]),
        Mistake(arguments: ["--redis", "localhost"], words: ["--redis", "redis://"]),
        Mistake(arguments: ["--redis", "http://localhost"], words: ["--redis", "scheme"]),
        Mistake(arguments: ["--redis", "redis://"], words: ["--redis", "host"]),
        Mistake(arguments: ["--redis", "redis://localhost:99999"], words: ["--redis", "port"]),
        Mistake(arguments: ["--redis", "redis://localhost/zero"], words: ["--redis", "database"]),
        Mistake(arguments: [], environment: ["REDIS": "nonsense"], words: ["redis", "redis://"]),
        Mistake(arguments: ["--redis", "rediss://localhost"], words: ["rediss://", "not supported yet"]),
        Mistake(arguments: ["--redis", "redis+cluster://a:1,b:2"], words: ["redis+cluster://", "not supported yet"]),
        Mistake(arguments: ["--redis", "redis+sentinel://a:1/m"], words: ["redis+sentinel://", "not supported yet"]),
        Mistake(arguments: ["--host", "0.0.0.0"], words: ["0.0.0.0", "ADMIN_TOKEN"]),
        Mistake(arguments: ["--host", "::"], words: ["ADMIN_TOKEN"]),
        Mistake(arguments: [], environment: ["HOST": "192.0.2.1"], words: ["192.0.2.1", "ADMIN_TOKEN"]),
        Mistake(arguments: ["--trusted-proxies", "10.0.0.0/33"], words: ["--trusted-proxies", "10.0.0.0/33"]),
        Mistake(arguments: ["--policies", "/nonexistent/file.yaml"], words: ["--policies", "/nonexistent/file.yaml"]),
        Mistake(arguments: ["--data-dir", "/dev/null/data"], words: ["--data-dir", "/dev/null/data"]),
        Mistake(arguments: ["check", "--key", "a"], words: ["--policy"]),
        Mistake(arguments: ["replay", "access.log"], words: ["--limit"]),
        Mistake(arguments: ["replay", "access.log", "--limit", "1/1m", "--algorithm", "leaky"], words: ["--algorithm"]),
    ]

    @Test(arguments: mistakes)
    func `a mistake ends with 64 and one clear sentence`(_ mistake: Mistake) async throws {
        // A port that is free, unless the mistake lies there.
        let environment = ["PORT": "0"].merging(mistake.environment) { $1 }
        let result = try await run(.rateLimiter, mistake.arguments, environment: environment)
        #expect(result.exit == .code(64), "\(result)")
        #expect(result.output.isEmpty, "\(result.output)")
        let first = try #require(result.errors.split(separator: "\n", omittingEmptySubsequences: false).first)
        #expect(first.hasPrefix("Error: ") && first.count < 250, "\(result.errors)")
        for word in mistake.words { #expect(first.contains(word), "\(first)") }
    }

    @Test func `a password in a wrong Redis URL is not shown`() async throws {
        for url in ["redis://user:hunter2@localhost:none", "redis://user:hunter2@", "hunter2://x", "redis://:hunter2@h/x"] {
            let result = try await run(.rateLimiter, ["--redis", url])
            #expect(result.exit == .code(64), "\(url): \(result)")
            #expect(!result.errors.contains("hunter2"), "\(url): \(result.errors)")
        }
    }

    /// What only the start itself can find.
    @Test func `what cannot be listened on ends with 64 and says where`() async throws {
        try await withService(.rateLimiter) { service in
            let taken = try await withTemporaryFolder {
                try await run(.rateLimiter, ["--port", "\(service.port)"], environment: ["DATA_DIR": $0])
            }
            #expect(taken.exit == .code(64) && taken.output.isEmpty)
            #expect(taken.errors.contains(#/\nError: --port: .*127\.0\.0\.1:\d+.* in use/#), "\(taken.errors)")
        }
        let foreign = try await withTemporaryFolder {
            try await run(.rateLimiter, ["--port", "0", "--insecure", "--host", "192.0.2.1"], environment: ["DATA_DIR": $0])
        }
        #expect(foreign.exit == .code(64) && foreign.errors.contains("\nError: --port: cannot listen on 192.0.2.1"), "\(foreign)")
    }

    @Test func `a folder that another instance uses is refused, and its data stays`() async throws {
        try await withTemporaryFolder { folder in
            try await withService(.rateLimiter, dataDirectory: folder) { service in
                let second = try await run(.rateLimiter, ["--port", "0"], environment: ["DATA_DIR": folder])
                #expect(second.exit == .code(64) && second.output.isEmpty)
                let first = second.errors.prefix { $0 != "\n" }
                #expect(first.hasPrefix("Error: --data-dir: ") && first.contains(folder) && first.contains("in use"), "\(first)")
                #expect(try await service.get("default", "a").status == 200)
            }
        }
    }

    @Test(arguments: [
        (["--help"], ["serve", "check", "replay"]),
        (
            ["serve", "--help"],
            [
                "--host", "--port", "--redis", "--threads", "--data-dir", "--log-level", "--fsync", "--insecure", "--policies",
                "--trusted-proxies",
            ]
        ),
        (["check", "--help"], ["--policy", "--key", "--cost", "--redis", "--data-dir"]),
        (["replay", "--help"], ["--limit", "--by", "--algorithm", "--report", "--json"]),
    ])
    func `help names what there is and exits 0`(_ arguments: [String], _ words: [String]) async throws {
        let result = try await run(.rateLimiter, arguments)
        #expect(result.exit == .code(0))
        #expect(result.errors.isEmpty)
        for word in words { #expect(result.output.contains("  " + word), "\(word)") }
    }

    @Test func `the version is a number on a line of its own`() async throws {
        let result = try await run(.rateLimiter, ["--version"])
        #expect(result.exit == .code(0))
        #expect(result.output.wholeMatch(of: #/\d+\.\d+\.\d+\n/#) != nil, "\(result.output)")
        #expect(result.errors.isEmpty)
    }
}
