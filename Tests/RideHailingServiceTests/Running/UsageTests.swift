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
        Mistake(arguments: ["--offer-mode", "shout"], words: ["--offer-mode", "shout", "sequential, broadcast"]),
        Mistake(arguments: [], environment: ["OFFER_MODE": "shout"], words: ["offer-mode", "shout"]),
        Mistake(arguments: ["--offer-seconds", "0"], words: ["--offer-seconds", "0"]),
        Mistake(arguments: [], environment: ["OFFER_SECONDS": "soon"], words: ["OFFER_SECONDS", "soon"]),
        Mistake(arguments: ["--broadcast-drivers", "0"], words: ["--broadcast-drivers", "0"]),
        Mistake(arguments: [], environment: ["BROADCAST_DRIVERS": "all"], words: ["BROADCAST_DRIVERS", "all"]),
        Mistake(arguments: ["--search-radius-meters=-1"], words: ["--search-radius-meters", "-1"]),
        Mistake(arguments: [], environment: ["SEARCH_RADIUS_METERS": "nan"], words: ["SEARCH_RADIUS_METERS", "nan"]),
        Mistake(arguments: ["--match-deadline-seconds", "0"], words: ["--match-deadline-seconds", "0"]),
        Mistake(arguments: [], environment: ["MATCH_DEADLINE_SECONDS": "x"], words: ["MATCH_DEADLINE_SECONDS", "x"]),
        Mistake(arguments: ["--driver-ttl-seconds", "0"], words: ["--driver-ttl-seconds", "0"]),
        Mistake(arguments: [], environment: ["DRIVER_TTL_SECONDS": "1s"], words: ["DRIVER_TTL_SECONDS", "1s"]),
        Mistake(arguments: ["--osrm", "nowhere"], words: ["--osrm"]),
        Mistake(arguments: ["--prices", "/no/such/file"], words: ["--prices", "/no/such/file"]),
        Mistake(arguments: ["--prices", "/dev/null"], words: ["--prices", "/dev/null"]),
        Mistake(arguments: ["--drain-seconds=-1"], words: ["--drain-seconds", "-1"]),
        Mistake(arguments: ["matcher", "extra"], words: ["extra"]),
        Mistake(arguments: ["matcher", "--redis", "nonsense"], words: ["--redis"]),
        Mistake(arguments: ["matcher", "--host", "0.0.0.0"], words: ["0.0.0.0", "ADMIN_TOKEN"]),
    ]

    @Test(arguments: mistakes)
    func `a mistake ends with 64 and one clear sentence`(_ mistake: Mistake) async throws {
        // Should it start after all, then on a free port, and with data that goes.
        try await withTemporaryFolder { folder in
            let environment = ["PORT": "0", "DATA_DIR": folder].merging(mistake.environment) { $1 }
            let result = try await run(.rideHailing, mistake.arguments, environment: environment)
            #expect(result.exit == .code(64), "\(result)")
            #expect(result.output.isEmpty, "\(result.output)")
            let first = try #require(result.errors.split(separator: "\n", omittingEmptySubsequences: false).first)
            #expect(first.hasPrefix("Error: ") && first.count < 250, "\(result.errors)")
            for word in mistake.words { #expect(first.contains(word), "\(first)") }
        }
    }

    @Test(arguments: [
        (["--help"], ["serve", "matcher"]),
        (
            ["serve", "--help"],
            [
                "--host", "--redis", "--offer-mode", "--offer-seconds", "--broadcast-drivers", "--search-radius-meters",
                "--match-deadline-seconds", "--driver-ttl-seconds", "--osrm",
            ]
        ),
        (["matcher", "--help"], ["--redis", "--offer-mode"]),
    ])
    func `help exits 0 and names what there is`(_ arguments: [String], _ words: [String]) async throws {
        let result = try await run(.rideHailing, arguments)
        #expect(result.exit == .code(0) && result.errors.isEmpty)
        for word in words { #expect(result.output.contains("  " + word), "\(word)") }
    }

    @Test func `the version is a number on a line of its own`() async throws {
        let result = try await run(.rideHailing, ["--version"])
        #expect(result.exit == .code(0) && result.errors.isEmpty)
        #expect(result.output.wholeMatch(of: #/\d+\.\d+\.\d+\n/#) != nil, "\(result.output)")
    }
}
