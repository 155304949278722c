import Foundation
import TestSupport
import Testing

/// `--policies FILE`, YAML or JSON.
@Suite(.slots(1))
struct PolicyFileTests {
    private static let yaml = """
        # What the login page may be asked.
        policies:
          - name: login
            capacity: 5
            refillPeriodMs: 60000
          - {name: api, algorithm: sliding-window, capacity: 100, refillPeriodMs: 1000, onRedisFailure: allow, shadow: true}
          - name: default
            capacity: 7
            refillTokens: 2
            refillPeriodMs: 1000
            onRedisFailure: "deny"
        """
    private static let json = """
        {"policies":[{"name":"login","capacity":5,"refillPeriodMs":60000},
          {"name":"api","algorithm":"sliding-window","capacity":100,"refillPeriodMs":1000,"onRedisFailure":"allow","shadow":true},
          {"name":"default","capacity":7,"refillTokens":2,"refillPeriodMs":1000,"onRedisFailure":"deny"}]}
        """

    @Test(arguments: [(yaml, true), (json, true), (yaml, false)])
    func `the policies of a file are in force`(_ text: String, _ isOption: Bool) async throws {
        try await withFile(text) { path in
            let (arguments, environment) = isOption ? (["--policies", path], [:]) : ([], ["POLICIES": path])
            try await withService(.rateLimiter, arguments, environment: environment) { service in
                let list: PoliciesBody = try await service.request("GET", "/v1/policies").json()
                #expect(
                    list.policies == [
                        PolicyBody(
                            name: "api", algorithm: "sliding-window", capacity: 100, refillTokens: 100, refillPeriodMs: 1000,
                            onRedisFailure: "allow", shadow: true),
                        PolicyBody(
                            name: "default", capacity: 7, refillTokens: 2, refillPeriodMs: 1000, onRedisFailure: "deny"),
                        PolicyBody(name: "login", capacity: 5, refillTokens: 5, refillPeriodMs: 60_000),
                    ])
                #expect(try await service.get("login", "a")["RateLimit-Policy"] == #""login";q=5;w=60"#)
            }
        }
    }

    @Test func `a file replaces what has its names, and leaves the rest`() async throws {
        try await withTemporaryFolder { folder in
            try await withService(.rateLimiter, dataDirectory: folder) { service in
                try await service.put("login", #""capacity":1,"refillPeriodMs":1000"#)
                try await service.put("other", #""capacity":2,"refillPeriodMs":1000"#)
                service.program.signal(15)
                try await service.program.exit()
            }
            try await withFile(Self.yaml) { path in
                try await withService(.rateLimiter, ["--policies", path], dataDirectory: folder) { service in
                    try await eventually("the file is written and the rest is read") {
                        let list: PoliciesBody = try await service.request("GET", "/v1/policies").json()
                        return list.policies.map(\.name) == ["api", "default", "login", "other"]
                            && list.policies.map(\.capacity) == [100, 7, 5, 2]
                    }
                }
            }
        }
    }

    @Test(arguments: [
        ("", "form"), ("policies", "form"), ("policies: 7", "form"), ("[]", "form"), ("{\"policies\":", ":"),
        ("policies:\n  - name: a\n   capacity: 1", ":"), ("\t", ":"),
        ("policies:\n  - capacity: 1\n    refillPeriodMs: 1000", "name"),
        ("policies:\n  - name: a\n    refillPeriodMs: 1000", "capacity"),
        ("policies:\n  - name: a\n    capacity: many\n    refillPeriodMs: 1000", "capacity"),
        ("policies:\n  - name: a\n    capacity: 0\n    refillPeriodMs: 1000", "capacity"),
        ("policies:\n  - name: a b\n    capacity: 1\n    refillPeriodMs: 1000", "name"),
        ("policies:\n  - name: a\n    capacity: 1\n    refillPeriodMs: 1000\n    algorithm: leaky", "algorithm"),
        ("policies:\n  - name: a\n    capacity: 1\n    refillPeriodMs: 1000\n    burst: 2", "burst"),
        ("policies:\n  - name: a\n    capacity: 1\n    refillPeriodMs: 1000\n    shadow: perhaps", "shadow"),
        (#"{"policies":[{"name":"a","capacity":1,"refillPeriodMs":1},{"name":"a","capacity":2,"refillPeriodMs":1}]}"#, "twice"),
    ])
    func `a file that is not in order ends with 64 and names itself and the field`(_ text: String, _ word: String) async throws {
        try await withFile(text) { path in
            let result = try await run(.rateLimiter, ["--port", "0", "--policies", path])
            #expect(result.exit == .code(64) && result.output.isEmpty, "\(result)")
            let first = result.errors.prefix { $0 != "\n" }
            #expect(first.hasPrefix("Error: --policies: ") && first.contains(path) && first.contains(word), "\(result.errors)")
        }
    }

    private func withFile(_ text: String, _ body: (String) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/policies"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            try await body(path)
        }
    }
}
