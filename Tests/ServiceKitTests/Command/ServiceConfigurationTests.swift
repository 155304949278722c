import Testing

@testable import ServiceKit

@Suite("How a service is configured")
struct ServiceConfigurationTests {
    @Test("Nothing said: on this machine alone, with a private Redis")
    func defaults() throws {
        let configuration = try configuration()
        #expect(configuration.name == "test-service")
        #expect(configuration.host == "127.0.0.1" && configuration.port == 8099 && configuration.threads >= 1)
        #expect(!configuration.isInsecure && configuration.isDevelopment)
        #expect(configuration.redis.given == nil && configuration.redis.dataDirectory == ".groundwork/test-service")
        #expect("\(configuration.redis.durability)" == "everySecond" && "\(configuration.redis.logLevel)" == "info")
    }

    /// What is set, as one text that can be compared.
    private func texts(_ configuration: ServiceConfiguration) -> [String: String] {
        [
            "host": configuration.host, "port": "\(configuration.port)", "threads": "\(configuration.threads)",
            "redis": configuration.redis.given.map { "\($0)" } ?? "private", "data-dir": configuration.redis.dataDirectory,
            "fsync": "\(configuration.redis.durability)", "log-level": "\(configuration.redis.logLevel)",
            "insecure": "\(configuration.isInsecure)", "jwt-secret": configuration.jwtSecret ?? "",
            "jwt-jwks": configuration.jwks ?? "",
            "admin-token": configuration.adminToken ?? "",
        ]
    }

    @Test(
        "Each variable sets its own setting, and no other",
        arguments: [
            ("HOST", "localhost", "host", "localhost"), ("PORT", "9", "port", "9"), ("PORT", "0", "port", "0"),
            ("THREADS", "3", "threads", "3"),
            ("REDIS", "redis://:secret@example.org:7000/2", "redis", "example.org:7000, database 2"),
            ("DATA_DIR", "/data", "data-dir", "/data"), ("FSYNC", "always", "fsync", "always"),
            ("LOG_LEVEL", "trace", "log-level", "trace"),
            ("INSECURE", "1", "insecure", "true"), ("JWT_SECRET", "s", "jwt-secret", "s"), ("JWT_JWKS", "f", "jwt-jwks", "f"),
            ("ADMIN_TOKEN", "t", "admin-token", "t"),
        ])
    func variables(variable: String, value: String, setting: String, text: String) throws {
        var wanted = texts(try configuration(options(threads: variable == "THREADS" ? nil : 7)))
        wanted[setting] = text
        #expect(
            texts(try configuration(options(threads: variable == "THREADS" ? nil : 7), environment: [variable: value])) == wanted)
    }

    @Test("The command line wins over each variable, even over one that is in error")
    func commandLineWins() throws {
        let options = options(
            host: "::1", port: 5, threads: 2, insecure: true, redis: "redis+unix:///run/redis.sock", dataDir: "here",
            fsync: "always",
            logLevel: "error")
        let bad = [
            "HOST": "0.0.0.0", "PORT": "x", "THREADS": "-1", "INSECURE": "0", "REDIS": "nonsense", "DATA_DIR": "there",
            "FSYNC": "never",
            "LOG_LEVEL": "loud",
        ]
        #expect(texts(try configuration(options, environment: bad)) == texts(try configuration(options)))
        #expect(texts(try configuration(options))["redis"] == "/run/redis.sock, database 0")
    }

    @Test(
        "A bad value is an error of one sentence that names it",
        arguments: [
            ("PORT", "-1", "--port is -1"), ("PORT", "65536", "--port is 65536"), ("PORT", "http", "PORT is http"),
            ("THREADS", "0", "--threads is 0"), ("THREADS", "1025", "--threads is 1025"), ("THREADS", "many", "THREADS is many"),
            ("FSYNC", "sometimes", "--fsync is sometimes"), ("LOG_LEVEL", "loud", "--log-level is loud"),
            ("REDIS", "http://x", "--redis: "), ("REDIS", "rediss://x", "--redis: rediss:// is not supported yet"),
            ("REDIS", "localhost", "--redis: "), ("REDIS", "redis://", "--redis: "), ("REDIS", "redis://h/x", "--redis: "),
        ])
    func bad(variable: String, value: String, start: String) throws {
        let error = try #require(#expect(throws: UsageError.self) { try configuration(environment: [variable: value]) })
        switch (variable, Int(value)) {
        case ("PORT", let port?): #expect(throws: UsageError.self) { try configuration(options(port: port)) }
        case ("THREADS", let threads?): #expect(throws: UsageError.self) { try configuration(options(threads: threads)) }
        case ("FSYNC", _): #expect(throws: UsageError.self) { try configuration(options(fsync: value)) }
        case ("LOG_LEVEL", _): #expect(throws: UsageError.self) { try configuration(options(logLevel: value)) }
        case ("REDIS", _): #expect(throws: UsageError.self) { try configuration(options(redis: value)) }
        default: break
        }
        #expect(error.description.hasPrefix(start) && error.description.hasSuffix(".") && !error.description.contains("\n"))
        #expect(!error.description.hasSuffix(".."))
    }

    @Test(
        "A password in a URL that is wrong is not repeated",
        arguments: ["redis://:hunter2@host:port", "hunter2://x", "redis://u:hunter2@h/x"])
    func password(url: String) throws {
        let error = try #require(#expect(throws: UsageError.self) { try configuration(options(redis: url)) })
        #expect(!error.description.contains("hunter2"))
    }

    @Test(
        "Without credentials it listens on this machine alone",
        arguments: ["127.0.0.1", "127.255.0.9", "localhost", "::1", "::ffff:127.0.0.1"])
    func loopback(host: String) throws {
        for requirement in [ServiceConfiguration.Requirement.administration, .identity] {
            #expect(try configuration(options(host: host), requirement: requirement).isDevelopment)
        }
        #expect(try !configuration(options(host: host), environment: ["JWT_SECRET": "s"]).isDevelopment)
        #expect(try !configuration(options(host: host), environment: ["JWT_JWKS": "f"]).isDevelopment)
        #expect(try configuration(options(host: host), environment: ["ADMIN_TOKEN": "t"]).isDevelopment)
    }

    @Test(
        "On any other address it wants the credentials of its kind, or to be told to be insecure",
        arguments: [
            "0.0.0.0", "::", "192.0.2.1", "example.org", "128.0.0.1", "::2", "::ffff:10.0.0.1", "localhost.example.org",
            "[::1].example.org", "127.1",
        ])
    func elsewhere(host: String) throws {
        func error(_ requirement: ServiceConfiguration.Requirement, _ environment: [String: String], insecure: Bool = false)
            -> String?
        {
            do {
                let configuration = try configuration(
                    options(host: host, insecure: insecure), environment: environment, requirement: requirement)
                #expect(!configuration.isDevelopment)
                return nil
            } catch {
                #expect(error is UsageError)
                return "\(error)"
            }
        }
        #expect(
            error(.administration, [:])
                == "Listening on \(host) wants ADMIN_TOKEN (and takes JWT_SECRET or JWT_JWKS), or --insecure.")
        #expect(error(.identity, [:]) == "Listening on \(host) wants JWT_SECRET or JWT_JWKS, or --insecure.")
        #expect(error(.identity, ["ADMIN_TOKEN": "t"]) == "Listening on \(host) wants JWT_SECRET or JWT_JWKS, or --insecure.")
        #expect(error(.administration, ["ADMIN_TOKEN": ""]) != nil && error(.identity, ["JWT_SECRET": ""]) != nil)
        for variable in ["JWT_SECRET", "JWT_JWKS"] {
            #expect(error(.administration, [variable: "x"]) == nil && error(.identity, [variable: "x"]) == nil)
        }
        #expect(error(.administration, ["ADMIN_TOKEN": "t"]) == nil)
        #expect(error(.administration, [:], insecure: true) == nil && error(.identity, [:], insecure: true) == nil)
        #expect(error(.identity, ["INSECURE": "true"]) == nil && error(.identity, ["INSECURE": "false"]) != nil)
    }
}
