import EmbeddedRedis
import Foundation
import Redis
import TestSupport
import Testing

/// Each option has an environment variable of its name, and the command line wins.
@Suite(.slots(1))
struct ConfigurationTests {
    @Test func `host and port come from the environment`() async throws {
        try await withTemporaryFolder { folder in
            // PORT=0: were it not read, the port would be 8081.
            let environment = ["HOST": "0.0.0.0", "PORT": "0", "DATA_DIR": folder, "ADMIN_TOKEN": "t"]
            try await withProgram(.rateLimiter, [], environment: environment) { program in
                try await eventually { program.standardOutput.contains("\n") }
                let line = program.standardOutput
                let match = try #require(line.wholeMatch(of: #/rate-limiter listening on http://0.0.0.0:(\d+)\n/#), "\(line)")
                let port = try #require(Int(match.1))
                #expect(port != 8081 && port != 0)
                let connection = try await HTTPConnection.open(port: port)
                #expect(try await connection.request("GET", "/health/live").status == 200)
            }
        }
    }

    @Test func `the command line wins over the environment`() async throws {
        try await withTemporaryFolder { folder in
            let environment = [
                "HOST": "0.0.0.0", "PORT": "99999", "THREADS": "none", "LOG_LEVEL": "loud", "FSYNC": "never",
                "DATA_DIR": "/dev/null/data", "REDIS": "nonsense", "TRUSTED_PROXIES": "nonsense", "POLICIES": "/nonexistent",
            ]
            let policies = folder + "/policies.json"
            try #"{"policies":[{"name":"of-the-file","capacity":1,"refillPeriodMs":60000}]}"#.write(
                toFile: policies, atomically: true, encoding: .utf8)
            try await withRedis { server, redis in
                let arguments = [
                    "--host", "127.0.0.1", "--threads", "1", "--log-level", "critical", "--fsync", "always", "--data-dir",
                    folder + "/data", "--redis", server.url, "--trusted-proxies", "127.0.0.0/8", "--policies", policies,
                ]
                try await withService(.rateLimiter, arguments, environment: environment) { service in
                    #expect(service.host == "127.0.0.1")
                    try await eventually { try await service.get("of-the-file", "a").status == 429 }
                    #expect(service.program.standardError.isEmpty, "\(service.program.standardError)")
                    let stored: String? = try await redis.get("rate-limiter:{a}:of-the-file:token-bucket")
                    #expect(stored != nil)
                }
            }
            #expect(!FileManager.default.fileExists(atPath: folder + "/data"), "a Redis was named, so there is no private one")
        }
    }

    @Test func `a Redis that the environment names is used`() async throws {
        try await withRedis { server, redis in
            try await withService(.rateLimiter, environment: ["REDIS": server.url]) { service in
                #expect(try await service.get("default", "from-environment").status == 200)
                let stored: String? = try await redis.get("rate-limiter:{from-environment}:default:token-bucket")
                #expect(stored?.hasPrefix("1 ") == true, "\(stored ?? "nothing")")
            }
        }
    }

    @Test func `a private Redis keeps its data below the data directory`() async throws {
        try await withTemporaryFolder { folder in
            try await withService(.rateLimiter, ["--data-dir", folder + "/a"], environment: ["DATA_DIR": folder + "/b"]) { _ in
                let files = FileManager.default.subpaths(atPath: folder + "/a/redis") ?? []
                #expect(files.contains { $0.hasSuffix(".aof") }, "\(files)")
                #expect(files.contains("redis.sock"), "\(files)")
                #expect(!FileManager.default.fileExists(atPath: folder + "/b"))
            }
        }
    }

    @Test(arguments: ["everysec", "always"])
    func `fsync is what was asked for`(_ durability: String) async throws {
        try await withTemporaryFolder { folder in
            try await withService(.rateLimiter, ["--fsync", durability], dataDirectory: folder) { _ in
                let redis = RedisClient(RedisConfiguration(address: .unixSocket(path: folder + "/redis/redis.sock")))
                let reply: [String] = try await redis.send(RedisCommand("CONFIG", "GET", "appendfsync")).decode()
                #expect(reply == ["appendfsync", durability])
                await redis.close()
            }
        }
    }

    @Test(arguments: [("debug", "info", true), ("info", "info", true), ("warning", "info", false), ("critical", " ", false)])
    func `logs go to standard error, down to their level`(_ level: String, _ word: String, _ isThere: Bool) async throws {
        try await withService(.rateLimiter, environment: ["LOG_LEVEL": level]) { service in
            try await eventually { service.program.standardError.contains(" \(word) ") || !isThere }
            #expect(service.program.standardError.contains(" \(word) ") == isThere, "\(service.program.standardError)")
            #expect(service.program.standardOutput.split(separator: "\n").count == 1)
        }
    }

    #if os(Linux)
    @Test(arguments: [1, 3])
    func `there are as many event loops as threads were asked for`(_ threads: Int) async throws {
        try await withService(.rateLimiter, ["--threads", "\(threads)"], environment: ["THREADS": "7"]) { service in
            let tasks = "/proc/\(service.program.processIdentifier)/task"
            let names = try FileManager.default.contentsOfDirectory(atPath: tasks).compactMap {
                try? String(contentsOfFile: "\(tasks)/\($0)/comm", encoding: .utf8)
            }
            #expect(names.count { $0.hasPrefix("NIO-ELT-") } == threads, "\(names)")
        }
    }
    #endif
}
