import EmbeddedRedis
import Foundation
import TestSupport
import Testing

/// `rate-limiter check`: one check from a shell.
@Suite(.slots(1))
struct CheckCommandTests {
    @Test func `it exits 0 or 1, whether the service's private Redis runs or not`() async throws {
        try await withTemporaryFolder { folder in
            try await withService(.rateLimiter, dataDirectory: folder) { service in
                try await service.put("shell", #""capacity":5,"refillTokens":1,"refillPeriodMs":3600000"#)
                #expect(try await service.get("shell", "a").status == 200)
                // Of the service that runs.
                try await expectCheck(["--policy", "shell", "--key", "a", "--cost", "2"], folder, .code(0), remaining: 2)
                #expect(try await service.bucket("shell", "a").remaining == 2)
                try await expectCheck(["--policy", "shell", "--key", "a", "--cost", "3"], folder, .code(1), remaining: 2)
                try await eventually("ready") { try await service.isReady() }
                service.program.signal(SIGTERM)
                #expect(try await service.program.exit() == .code(0))
            }
            // Of the same data, with a Redis for the moment.
            try await expectCheck(["--policy", "shell", "--key", "a"], folder, .code(0), remaining: 1)
            try await expectCheck(["--policy", "shell", "--key", "a"], folder, .code(0), remaining: 0)
            try await expectCheck(["--policy", "shell", "--key", "a"], folder, .code(1), remaining: 0)
            #expect(!FileManager.default.fileExists(atPath: folder + "/redis/redis.sock"), "that Redis has ended")
            // And the service finds what the command has left.
            try await withService(.rateLimiter, dataDirectory: folder) { service in
                try await eventually("policies are read") { try await service.bucket("shell", "a").remaining == 0 }
                #expect(try await service.get("shell", "a").status == 429)
            }
        }
    }

    @Test func `it finds the private Redis of a service whose folder has a long name`() async throws {
        try await withTemporaryFolder { folder in
            let long = folder + "/" + String(repeating: "d", count: 110)
            try await withService(.rateLimiter, dataDirectory: long) { service in
                try await eventually("ready") { try await service.isReady() }
                try await expectCheck(["--policy", "default", "--key", "a"], long, .code(0), remaining: 99)
            }
        }
    }

    @Test func `in a new folder there is the policy default`() async throws {
        try await withTemporaryFolder { folder in
            try await expectCheck(["--policy", "default", "--key", "a"], folder + "/new", .code(0), remaining: 99)
            try await expectCheck(["--policy", "default", "--key", "a"], folder + "/new", .code(0), remaining: 98...99)
        }
    }

    @Test func `with --redis, or REDIS, it asks that one`() async throws {
        try await withRedis { server, _ in
            for (arguments, environment) in [(["--redis", server.url], [:]), ([], ["REDIS": server.url])] {
                let result = try await run(
                    .rateLimiter, ["check", "--policy", "default", "--key", "a"] + arguments, environment: environment)
                #expect(result.exit == .code(0), "\(result)")
            }
            let spent = try await run(
                .rateLimiter, ["check", "--policy", "default", "--key", "b", "--cost", "100", "--redis", server.url])
            #expect(spent.exit == .code(0) && spent.errors.isEmpty, "\(spent)")
            let refused = try await run(
                .rateLimiter, ["check", "--policy", "default", "--key", "b", "--cost", "100", "--redis", server.url])
            #expect(refused.exit == .code(1) && refused.errors.isEmpty, "\(refused)")
        }
    }

    @Test func `a shadow policy refuses nothing`() async throws {
        try await withRedis { server, _ in
            try await withService(.rateLimiter, ["--redis", server.url]) { service in
                try await service.put("shadow", #""capacity":1,"refillPeriodMs":3600000,"shadow":true"#)
                for wouldAllow in [true, false, false] {
                    let result = try await run(
                        .rateLimiter, ["check", "--policy", "shadow", "--key", "a", "--redis", server.url])
                    #expect(result.exit == .code(0))
                    #expect(result.output.contains(#""allowed":true"#) && result.output.contains(#""wouldAllow":\#(wouldAllow)"#))
                }
            }
        }
    }

    @Test func `a question that is not in order ends with 64, a Redis that cannot be asked with 69`() async throws {
        try await withRedis { server, _ in
            let long = String(repeating: "k", count: 513)
            for (arguments, word) in [
                (["--policy", "none", "--key", "a"], "none"), (["--policy", "default", "--key", ""], "key"),
                (["--policy", "default", "--key", long], "key"), (["--policy", "default", "--key", "a", "--cost", "0"], "cost"),
                (["--policy", "default", "--key", "a", "--cost", "101"], "cost"),
                (["--policy", "default", "--key", "a", "--cost", "x"], "--cost"), (["--key", "a"], "--policy"),
            ] {
                let result = try await run(.rateLimiter, ["check", "--redis", server.url] + arguments)
                #expect(result.exit == .code(64) && result.output.isEmpty, "\(result)")
                let first = result.errors.prefix { $0 != "\n" }
                #expect(first.hasPrefix("Error: ") && first.contains(word), "\(result.errors)")
            }
            await server.stop()
            let result = try await run(.rateLimiter, ["check", "--policy", "default", "--key", "a", "--redis", server.url])
            #expect(result.exit == .code(69) && result.output.isEmpty, "\(result)")
            #expect(result.errors.contains("Error: Redis"), "\(result)")
        }
    }

    private func expectCheck(
        _ arguments: [String], _ folder: String, _ exit: RunningProgram.Exit, remaining: Int,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await expectCheck(arguments, folder, exit, remaining: remaining...remaining, sourceLocation: sourceLocation)
    }

    private func expectCheck(
        _ arguments: [String], _ folder: String, _ exit: RunningProgram.Exit, remaining: ClosedRange<Int>,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let result = try await run(.rateLimiter, ["check"] + arguments, environment: ["DATA_DIR": folder])
        #expect(result.exit == exit, "\(result)", sourceLocation: sourceLocation)
        let line = try #require(result.output.wholeMatch(of: #/(\{.*\})\n/#), "\(result)", sourceLocation: sourceLocation)
        let answer = try JSONDecoder().decode(CheckAnswerBody.self, from: Data(line.1.utf8))
        #expect(answer.allowed == (exit == .code(0)) && answer.decidedBy == "redis", sourceLocation: sourceLocation)
        #expect(remaining.contains(answer.remaining), "\(result)", sourceLocation: sourceLocation)
    }
}
