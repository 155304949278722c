import EmbeddedRedis
import NIOCore
import NIOPosix
import Redis
import TestSupport
import Testing

@testable import URLShortener

@Suite("Where codes lead", .serialized)
struct RedirectingTests {
    @Test("A link leads to its URL, byte for byte, everywhere; a code without one nowhere")
    func found() async throws {
        try await withFleet { fleet in
            let url = "https://Example.org/%7Ea?q=%zz&ü=1#f"
            let code = try await fleet[0].create(NewLink(url: url)).code
            for shortener in fleet.shorteners {
                for _ in 0..<3 {
                    #expect(try await shortener.destination(of: code) == url)
                    #expect(try await shortener.follow("nowhere1") == .unknown)
                    #expect(try await shortener.follow("not/valid") == .unknown)
                }
            }
        }
    }

    @Test("A code that was asked for in vain leads on once it has a link: here at once, elsewhere soon")
    func createdLater() async throws {
        try await withFleet { fleet in
            for round in 0..<10 {
                let alias = "later-\(round)"
                for shortener in fleet.shorteners { #expect(try await shortener.follow(alias) == .unknown) }
                let url = "https://example.org/\(round)"
                _ = try await fleet[round].create(NewLink(url: url, alias: alias))
                #expect(try await fleet[round].destination(of: alias) == url)
                try await eventually("known everywhere") {
                    for shortener in fleet.shorteners where try await shortener.destination(of: alias) != url { return false }
                    return true
                }
            }
        }
    }

    @Test("A change and a deletion are obeyed here at once, and elsewhere soon, under a stream of redirects")
    func changed() async throws {
        try await withFleet { fleet in
            let code = try await fleet[0].create(NewLink(url: "https://example.org/0")).code
            let readers = fleet.shorteners.map { shortener in
                Task {
                    while !Task.isCancelled { _ = try await shortener.follow(code) }
                }
            }
            for version in 1...20 {
                let url = "https://example.org/\(version)"
                _ = try await fleet[version].change(code, LinkChange(url: url), by: .administration)
                #expect(try await fleet[version].destination(of: code) == url)
                try await eventually("obeyed everywhere") {
                    for shortener in fleet.shorteners where try await shortener.destination(of: code) != url { return false }
                    return true
                }
            }
            try await fleet[0].delete(code, by: .administration)
            #expect(try await fleet[0].follow(code) == .gone)
            try await eventually("gone everywhere") {
                for shortener in fleet.shorteners where try await shortener.follow(code) != .gone { return false }
                return true
            }
            for reader in readers {
                reader.cancel()
                try await reader.value
            }
        }
    }

    @Test("A link that expires is gone, without a word from Redis")
    func expires() async throws {
        try await withFleet(of: 1) { fleet in
            let code = try await fleet[0].create(NewLink(url: "https://example.org/", expiresInSeconds: 1)).code
            try await eventually("gone") { try await fleet[0].follow(code) == .gone }
        }
    }

    @Test("Hundreds of readers of one link cost Redis hardly a read")
    func cached() async throws {
        try await withFleet(of: 1) { fleet in
            let code = try await fleet[0].create(NewLink(url: "https://example.org/")).code
            try await eventually("a crowd without questions", within: .seconds(60)) {
                let before = try await fleet.executions(of: "get")
                for _ in 0..<500 { _ = try await fleet[0].follow(code) }
                return try await fleet.executions(of: "get") - before <= 4
            }
        }
    }

    @Test("A link with a maximum of visits is followed so often, however many ask at once, and looking takes nothing")
    func maximum() async throws {
        try await withFleet { fleet in
            let code = try await fleet[0].create(NewLink(url: "https://example.org/", maxVisits: 25)).code
            for _ in 0..<30 { #expect(try await fleet[1].follow(code, isVisit: false) != .gone) }
            let followed = try await withThrowingTaskGroup(of: Int.self) { group in
                for caller in 0..<64 {
                    group.addTask {
                        var followed = 0
                        for _ in 0..<5 where try await fleet[caller].follow(code) != .gone { followed += 1 }
                        return followed
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(followed == 25)
        }
    }

    @Test("While Redis is gone known links go on, others fail; then all is as before")
    func withoutRedis() async throws {
        try await withRedis(durability: .always) { server, redis in
            try await withFleet(on: server, redis, of: 1, patience: .seconds(1)) { fleet in
                let known = try await fleet[0].create(NewLink(url: "https://example.org/known")).code
                let limited = try await fleet[0].create(NewLink(url: "https://example.org/limited", maxVisits: 9)).code
                let unknown = try await fleet[0].create(NewLink(url: "https://example.org/unknown")).code
                for code in [known, limited] { _ = try await fleet[0].follow(code) }
                await server.kill()
                for _ in 0..<20 { #expect(try await fleet[0].destination(of: known) == "https://example.org/known") }
                for code in [limited, unknown, "never-asked"] {
                    await #expect(throws: URLShortenerError.self) { try await fleet[0].follow(code) }
                }
                try await server.restart()
                try await eventually("all is as before", within: .seconds(30)) {
                    for code in [known, limited, unknown] where try await fleet[0].destination(of: code) == nil { return false }
                    return try await fleet[0].follow("never-asked") == .unknown
                }
            }
        }
    }
}

extension URLShortener {
    fileprivate func follow(_ code: String, isVisit: Bool = true) async throws -> Redirection {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let connection = try #require(redis.connection(on: eventLoop))
        return try await withCheckedContinuation { continuation in
            eventLoop.execute {
                self.redirection(of: code, isVisit: isVisit, on: connection) { continuation.resume(returning: $0) }
            }
        }.get()
    }

    fileprivate func destination(of code: String) async throws -> String? {
        guard case .link(let record) = try await follow(code) else { return nil }
        return record.url
    }
}

extension Fleet {
    /// How often a command was executed since the server started.
    fileprivate func executions(of command: String) async throws -> Int {
        let text: String = try await redis.send(RedisCommand("INFO", "commandstats", isIdempotent: true)).decode()
        guard let start = text.firstRange(of: "cmdstat_\(command):calls=")?.upperBound else { return 0 }
        return Int(text[start...].prefix { $0.isNumber }) ?? 0
    }
}
