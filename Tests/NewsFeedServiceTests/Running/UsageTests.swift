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
        Mistake(arguments: ["--strategy", "shove"], words: ["--strategy", "shove", "push, pull, hybrid"]),
        Mistake(arguments: [], environment: ["STRATEGY": "shove"], words: ["strategy", "shove"]),
        Mistake(arguments: ["--celebrity-threshold", "0"], words: ["--celebrity-threshold", "0"]),
        Mistake(arguments: [], environment: ["CELEBRITY_THRESHOLD": "many"], words: ["CELEBRITY_THRESHOLD", "many"]),
        Mistake(arguments: ["--timeline-length", "0"], words: ["--timeline-length", "0"]),
        Mistake(arguments: [], environment: ["TIMELINE_LENGTH": "100001"], words: ["timeline-length", "100001"]),
        Mistake(arguments: ["--worker-lanes=-1"], words: ["--worker-lanes", "-1"]),
        Mistake(arguments: [], environment: ["WORKER_LANES": "65"], words: ["worker-lanes", "65"]),
        Mistake(arguments: ["worker", "--worker-lanes", "0"], words: ["--worker-lanes", "0"]),
        Mistake(arguments: ["worker", "extra"], words: ["extra"]),
        Mistake(arguments: ["worker", "--host", "0.0.0.0"], words: ["0.0.0.0", "ADMIN_TOKEN"]),
        Mistake(arguments: ["dead-letters", "list", "extra"], words: ["extra"]),
        Mistake(arguments: ["dead-letters", "replay"], words: ["--all"]),
        Mistake(arguments: ["dead-letters", "drop"], words: ["--all"]),
        Mistake(arguments: ["dead-letters", "drop", "1-1", "--all"], words: ["--all"]),
        Mistake(arguments: ["dead-letters", "list", "--redis", "nonsense"], words: ["--redis"]),
    ]

    @Test(arguments: mistakes)
    func `a mistake ends with 64 and one clear sentence`(_ mistake: Mistake) async throws {
        // Should it start after all, then on a free port, and with data that goes.
        try await withTemporaryFolder { folder in
            let environment = ["PORT": "0", "DATA_DIR": folder].merging(mistake.environment) { $1 }
            let result = try await run(.newsFeed, mistake.arguments, environment: environment)
            #expect(result.exit == .code(64), "\(result)")
            #expect(result.output.isEmpty, "\(result.output)")
            let first = try #require(result.errors.split(separator: "\n", omittingEmptySubsequences: false).first)
            #expect(first.hasPrefix("Error: ") && first.count < 250, "\(result.errors)")
            for word in mistake.words { #expect(first.contains(word), "\(first)") }
        }
    }

    @Test(arguments: [
        (["--help"], ["serve", "worker", "dead-letters"]),
        (
            ["serve", "--help"],
            ["--host", "--redis", "--strategy", "--celebrity-threshold", "--timeline-length", "--worker-lanes"]
        ),
        (["worker", "--help"], ["--redis", "--worker-lanes"]), (["dead-letters", "--help"], ["list", "replay", "drop"]),
    ])
    func `help exits 0 and names what there is`(_ arguments: [String], _ words: [String]) async throws {
        let result = try await run(.newsFeed, arguments)
        #expect(result.exit == .code(0) && result.errors.isEmpty)
        for word in words { #expect(result.output.contains("  " + word), "\(word)") }
    }

    @Test func `the version is a number on a line of its own`() async throws {
        let result = try await run(.newsFeed, ["--version"])
        #expect(result.exit == .code(0) && result.errors.isEmpty)
        #expect(result.output.wholeMatch(of: #/\d+\.\d+\.\d+\n/#) != nil, "\(result.output)")
    }
}
