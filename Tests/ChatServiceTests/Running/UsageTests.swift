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
        Mistake(arguments: ["--port", "65536"], words: ["--port", "65536"]),
        Mistake(arguments: ["--redis", "http://localhost"], words: ["--redis"]),
        Mistake(arguments: ["--host", "0.0.0.0"], words: ["0.0.0.0", "JWT_SECRET"]),
        Mistake(arguments: ["--host", "0.0.0.0"], environment: ["ADMIN_TOKEN": "a"], words: ["JWT_SECRET"]),
        Mistake(arguments: ["--max-message-bytes", "0"], words: ["--max-message-bytes", "0"]),
        Mistake(arguments: [], environment: ["MAX_MESSAGE_BYTES": "many"], words: ["MAX_MESSAGE_BYTES", "many"]),
        Mistake(arguments: ["--presence-lease-seconds", "0"], words: ["--presence-lease-seconds", "0"]),
        Mistake(arguments: [], environment: ["PRESENCE_LEASE_SECONDS": "soon"], words: ["PRESENCE_LEASE_SECONDS", "soon"]),
        Mistake(arguments: ["--fanout-threshold=-1"], words: ["--fanout-threshold", "-1"]),
        Mistake(arguments: [], environment: ["FANOUT_THRESHOLD": "x"], words: ["FANOUT_THRESHOLD", "x"]),
        Mistake(arguments: ["--retention-days", "0"], words: ["--retention-days", "0"]),
        Mistake(arguments: ["--drain-seconds=-1"], words: ["--drain-seconds", "-1"]),
        Mistake(arguments: ["--send-limit", "fast"], words: ["--send-limit", "fast"]),
        Mistake(arguments: [], environment: ["SEND_LIMIT": "0:0"], words: ["0:0"]),
        Mistake(arguments: ["--ping-seconds", "0"], words: ["--ping-seconds", "0"]),
        Mistake(arguments: [], environment: ["CONNECTIONS_PER_USER": "0"], words: ["connections-per-user", "0"]),
        Mistake(arguments: ["serve", "extra"], words: ["extra"]),
    ]

    @Test(arguments: mistakes)
    func `a mistake ends with 64 and one clear sentence`(_ mistake: Mistake) async throws {
        // Should it start after all, then on a free port, and with data that goes.
        try await withTemporaryFolder { folder in
            let environment = ["PORT": "0", "DATA_DIR": folder].merging(mistake.environment) { $1 }
            let result = try await run(.chat, mistake.arguments, environment: environment)
            #expect(result.exit == .code(64), "\(result)")
            #expect(result.output.isEmpty, "\(result.output)")
            let first = try #require(result.errors.split(separator: "\n", omittingEmptySubsequences: false).first)
            #expect(first.hasPrefix("Error: ") && first.count < 250, "\(result.errors)")
            for word in mistake.words { #expect(first.contains(word), "\(first)") }
        }
    }

    @Test func `help exits 0 and names what there is`() async throws {
        let result = try await run(.chat, ["--help"])
        #expect(result.exit == .code(0) && result.errors.isEmpty && result.output.contains("  serve"))
        let serve = try await run(.chat, ["serve", "--help"])
        #expect(serve.exit == .code(0) && serve.errors.isEmpty)
        for option in [
            "--host", "--redis", "--max-message-bytes", "--presence-lease-seconds", "--fanout-threshold", "--retention-days",
            "--drain-seconds", "--send-limit", "--ping-seconds", "--connections-per-user",
        ] { #expect(serve.output.contains("  " + option), "\(option)") }
    }

    @Test func `the version is a number on a line of its own`() async throws {
        let result = try await run(.chat, ["--version"])
        #expect(result.exit == .code(0) && result.errors.isEmpty)
        #expect(result.output.wholeMatch(of: #/\d+\.\d+\.\d+\n/#) != nil, "\(result.output)")
    }
}
