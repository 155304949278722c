import Redis
import TestSupport
import Testing

@testable import URLShortener

@Suite("Creating links")
struct CreatingTests {
    @Test("A link is there with all that was asked for, for every instance")
    func create() async throws {
        try await withFleet { fleet in
            let before = fleet[0].wallClock()
            let link = try await fleet[0].create(
                NewLink(url: "https://example.com/ä?b=%20", expiresInSeconds: 60, maxVisits: 5, owner: "a user/}"))
            #expect(link.url == "https://example.com/ä?b=%20" && link.maxVisits == 5 && link.owner == "a user/}")
            #expect(link.code.utf8.count == 6)
            #expect((before...fleet[0].wallClock()).contains(link.createdAtMilliseconds))
            #expect(link.expiresAtMilliseconds == link.createdAtMilliseconds + 60_000)
            for shortener in fleet.shorteners { #expect(try await shortener.link(link.code) == link) }
            await #expect(throws: URLShortenerError.self) { try await fleet[1].link("nothing") }
            await #expect(throws: URLShortenerError.self) { try await fleet[1].link("not/a code") }
        }
    }

    @Test("Of many who want one alias at once one gets it, also when all want the same URL", arguments: [true, false])
    func aliasRace(sameURL: Bool) async throws {
        try await withFleet { fleet in
            for round in 0..<5 {
                let winners = try await withThrowingTaskGroup(of: Link?.self) { group in
                    for caller in 0..<64 {
                        group.addTask {
                            do throws(URLShortenerError) {
                                return try await fleet[caller].create(
                                    NewLink(url: "http://example.com/\(sameURL ? 0 : caller)", alias: "alias-\(round)"))
                            } catch {
                                guard case .aliasTaken = error else { throw error }
                                return nil
                            }
                        }
                    }
                    return try await group.reduce(into: [Link]()) { if let link = $1 { $0.append(link) } }
                }
                #expect(winners.count == 1)
                #expect(try await fleet[2].link("alias-\(round)") == winners.first)
            }
            // Case matters, and an alias stays taken.
            _ = try await fleet[0].create(NewLink(url: "http://a", alias: "ALIAS-0"))
            try await fleet[0].delete("alias-0", by: .administration)
            await #expect(throws: URLShortenerError.self) {
                try await fleet[1].create(NewLink(url: "http://a", alias: "alias-0"))
            }
        }
    }

    @Test("What is refused leaves nothing in Redis")
    func refused() async throws {
        try await withFleet(of: 1, configure: { $0.ownHosts = ["sho.rt"] }) { fleet in
            for link in [
                NewLink(url: "ftp://a"), NewLink(url: "http://sho.rt/a"), NewLink(url: "http://a", alias: "a"),
                NewLink(url: "http://a", alias: "shorten"), NewLink(url: "http://a", expiresInSeconds: 0),
                NewLink(url: "http://a", maxVisits: 0),
            ] {
                await #expect(throws: URLShortenerError.self) { try await fleet[0].create(link) }
            }
            await #expect(throws: URLShortenerError.self) {
                try await fleet[0].create(NewLink(url: "http://127.0.0.1:8082/"), ownHosts: ["localhost:8082"])
            }
            let count = try await fleet.linkCount()
            #expect(count == 0)
        }
    }

    @Test("A batch answers each in its place, and so do 2,500")
    func batch() async throws {
        try await withFleet { fleet in
            #expect(await fleet[0].create([]).isEmpty)
            let links = [
                NewLink(url: "http://a"), NewLink(url: "nothing"), NewLink(url: "http://b", alias: "bee"),
                NewLink(url: "http://c", alias: "bee"),
                NewLink(url: "http://d", alias: "x"), NewLink(url: "http://e", owner: "eve"), NewLink(url: "http://f"),
            ]
            let results = await fleet[1].create(links)
            let fields = results.map { result in
                switch result {
                case .success(let link): link.url
                case .failure(let error): String(error.description.prefix { $0 != ":" })
                }
            }
            #expect(fields == ["http://a", "url", "http://b", "alias", "alias", "http://e", "http://f"])

            let many = (0..<2_500).map { NewLink(url: "http://example.com/\($0)", owner: $0 % 2 == 0 ? "even" : nil) }
            let created = try await fleet[2].create(many).map { try $0.get() }
            #expect(created.map(\.url) == many.map(\.url))
            #expect(Set(created.map(\.code)).count == 2_500)
            #expect(try await fleet.linkCount() == 2_504)
        }
    }

    @Test("Aliases that lie on codes of the counter's future are passed over and stay what they are", arguments: [false, true])
    func aliasesAhead(isSequential: Bool) async throws {
        try await withFleet(configure: {
            $0.isSequential = isSequential; $0.identifiersPerLease = 20
        }) { fleet in
            let start = 5_000
            _ = try await fleet.redis.send(RedisCommand("HSET", URLShortenerKeys.counter, "next", start))
            let scheme: CodeScheme =
                isSequential ? .sequential : .scrambled(CodeCipher(key: try await fleet[0].sharedSettings().cipherKey))
            var ledger: [String: String] = [:]
            for offset in Array(0..<40) + [41, 43, 60, 61, 90] {
                let alias = scheme.code(of: UInt64(start + offset))
                ledger[alias] = "http://alias.example/\(alias)"
                _ = try await fleet[offset].create(NewLink(url: "http://alias.example/\(alias)", alias: alias))
            }
            let links = try await withThrowingTaskGroup(of: Link.self) { group in
                for number in 0..<100 {
                    group.addTask { try await fleet[number].create(NewLink(url: "http://example.com/\(number)")) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for link in links { #expect(ledger.updateValue(link.url, forKey: link.code) == nil) }
            for (code, url) in ledger { #expect(try await fleet.destination(of: code) == url) }
        }
    }

    @Test("Codes that are reserved words are passed over")
    func reservedCodes() async throws {
        try await withFleet(of: 1, configure: { $0.isSequential = true }) { fleet in
            // "ap" and "h" in Base62 are 36*62+51; "api" is the 44th of its tens.
            var number = 0
            for digit in "api" { number = number * 62 + (digit == "a" ? 36 : digit == "p" ? 51 : 44) }
            #expect(CodeScheme.sequential.code(of: UInt64(number)) == "api")
            _ = try await fleet.redis.send(RedisCommand("HSET", URLShortenerKeys.counter, "next", number - 1))
            fleet[0].identifiers.skip(to: number - 1)
            let codes = try await fleet[0].create((0..<3).map { NewLink(url: "http://a/\($0)") }).map { try $0.get().code }
            #expect(codes == ["aph", "apj", "apk"])
        }
    }

    @Test("A counter that was lost is raised past what it meets, in few steps", arguments: [false, true])
    func lostCounter(isSequential: Bool) async throws {
        try await withRedis { server, redis in
            let links = (0..<3_000).map { NewLink(url: "http://example.com/\($0)") }
            var ledger: [String: String] = [:]
            try await withFleet(on: server, redis, of: 1, configure: { $0.isSequential = isSequential }) { fleet in
                for link in await fleet[0].create(links) { ledger[try link.get().code] = try link.get().url }
            }
            _ = try await redis.send(RedisCommand("DEL", URLShortenerKeys.counter))
            // Instances that know nothing of the past.
            try await withFleet(
                on: server, redis,
                configure: {
                    $0.isSequential = isSequential; $0.identifiersPerLease = 50
                }
            ) { fleet in
                _ = try await redis.send(RedisCommand("CONFIG", "RESETSTAT"))
                _ = try await fleet[0].create(NewLink(url: "http://first.example"))
                let text: String = try await redis.send(RedisCommand("INFO", "commandstats")).decode()
                let start = try #require(text.firstRange(of: "cmdstat_set:calls=")?.upperBound)
                let attempts = try #require(Int(text[start...].prefix { $0.isNumber }))
                #expect(attempts < 30)
                for (index, link) in await fleet[1].create(links).enumerated() {
                    #expect(ledger.updateValue(try link.get().url, forKey: try link.get().code) == nil, "\(index)")
                }
                for (code, url) in ledger { #expect(try await fleet.destination(of: code) == url) }
            }
        }
    }
}
