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
        Mistake(arguments: ["--port", "65536"], words: ["--port", "65536"]),
        Mistake(arguments: [], environment: ["PORT": "abc"], words: ["PORT", "abc"]),
        Mistake(arguments: ["--threads", "0"], words: ["--threads", "0"]),
        Mistake(arguments: ["--log-level", "loud"], words: ["--log-level", "loud"]),
        Mistake(arguments: ["--fsync", "never"], words: ["--fsync"]),
        Mistake(arguments: ["--redis", "http://localhost"], words: ["--redis"]),
        Mistake(arguments: ["--data-dir", "/dev/null/data"], words: ["--data-dir", "/dev/null/data"]),
        Mistake(arguments: ["--host", "0.0.0.0"], words: ["0.0.0.0", "ADMIN_TOKEN"]),
        Mistake(arguments: ["--base-url", "nonsense"], words: ["--base-url"]),
        Mistake(arguments: ["--base-url", "sho.rt"], words: ["--base-url"]),
        Mistake(arguments: ["--base-url", "ftp://sho.rt"], words: ["--base-url"]),
        Mistake(arguments: ["--base-url", "https://"], words: ["--base-url"]),
        Mistake(arguments: ["--base-url", "https://sho.rt/?x=1"], words: ["--base-url"]),
        Mistake(arguments: ["--base-url", "https://sho.rt:99999"], words: ["--base-url"]),
        Mistake(arguments: [], environment: ["BASE_URL": "nonsense"], words: ["base-url"]),
        Mistake(arguments: ["--create-limit", "60"], words: ["--create-limit"]),
        Mistake(arguments: ["--create-limit", "0/1m"], words: ["--create-limit"]),
        Mistake(arguments: ["--create-limit", "60/0s"], words: ["--create-limit"]),
        Mistake(arguments: ["--create-limit", "x/1m"], words: ["--create-limit"]),
        Mistake(arguments: ["--create-limit", "60/1y"], words: ["--create-limit"]),
        Mistake(arguments: ["--create-limit", "none"], words: ["--create-limit"]),
        Mistake(arguments: [], environment: ["CREATE_LIMIT": "60"], words: ["create-limit"]),
        Mistake(arguments: ["--redirect-cache-seconds=-1"], words: ["--redirect-cache-seconds", "-1"]),
        Mistake(arguments: ["--redirect-cache-seconds", "many"], words: ["--redirect-cache-seconds", "many"]),
        Mistake(arguments: [], environment: ["REDIRECT_CACHE_SECONDS": "many"], words: ["REDIRECT_CACHE_SECONDS", "many"]),
        Mistake(arguments: ["--trusted-proxies", "10.0.0.0/33"], words: ["--trusted-proxies", "10.0.0.0/33"]),
        Mistake(arguments: [], environment: ["TRUSTED_PROXIES": "nonsense"], words: ["trusted-proxies", "nonsense"]),
        Mistake(arguments: ["--country-header", "no header"], words: ["--country-header", "no header"]),
        Mistake(arguments: [], environment: ["COUNTRY_HEADER": "a:b"], words: ["country-header", "a:b"]),
    ]

    @Test(arguments: mistakes)
    func `a mistake ends with 64 and one clear sentence`(_ mistake: Mistake) async throws {
        // Should it start after all, then on a free port, and with data that goes.
        try await withTemporaryFolder { folder in
            let environment = ["PORT": "0", "DATA_DIR": folder].merging(mistake.environment) { $1 }
            let result = try await run(.urlShortener, mistake.arguments, environment: environment)
            #expect(result.exit == .code(64), "\(result)")
            #expect(result.output.isEmpty, "\(result.output)")
            let first = try #require(result.errors.split(separator: "\n", omittingEmptySubsequences: false).first)
            #expect(first.hasPrefix("Error: ") && first.count < 250, "\(result.errors)")
            for word in mistake.words { #expect(first.contains(word), "\(first)") }
        }
    }

    @Test func `a port that is taken and a folder that is used end with 64`() async throws {
        try await withTemporaryFolder { folder in
            try await withService(.urlShortener, dataDirectory: folder) { service in
                let taken = try await withTemporaryFolder {
                    try await run(.urlShortener, ["--port", "\(service.port)"], environment: ["DATA_DIR": $0])
                }
                #expect(taken.exit == .code(64) && taken.output.isEmpty)
                #expect(taken.errors.contains("Error: --port: "), "\(taken.errors)")
                let used = try await run(.urlShortener, ["--port", "0"], environment: ["DATA_DIR": folder])
                #expect(used.exit == .code(64) && used.errors.contains("Error: --data-dir: "), "\(used.errors)")
            }
        }
    }

    @Test(arguments: [["--help"], ["serve", "--help"], ["help", "serve"]])
    func `help exits 0 and names what there is`(_ arguments: [String]) async throws {
        let result = try await run(.urlShortener, arguments)
        #expect(result.exit == .code(0) && result.errors.isEmpty)
        let words =
            arguments == ["--help"]
            ? ["serve"]
            : [
                "--host", "--port", "--redis", "--threads", "--data-dir", "--log-level", "--fsync", "--insecure", "--base-url",
                "--create-limit", "--redirect-cache-seconds", "--sequential", "--trusted-proxies", "--country-header",
            ]
        for word in words { #expect(result.output.contains("  " + word), "\(word)") }
    }

    @Test func `the version is a number on a line of its own`() async throws {
        let result = try await run(.urlShortener, ["--version"])
        #expect(result.exit == .code(0) && result.errors.isEmpty)
        #expect(result.output.wholeMatch(of: #/\d+\.\d+\.\d+\n/#) != nil, "\(result.output)")
    }
}
