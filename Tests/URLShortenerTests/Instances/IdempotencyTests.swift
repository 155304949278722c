import Redis
import TestSupport
import Testing

@testable import URLShortener

@Suite("Idempotency keys")
struct IdempotencyTests {
    private let link = NewLink(url: "https://example.com/", expiresInSeconds: 60, owner: "o")

    private func key(_ text: String = "key") throws -> IdempotencyKey { try IdempotencyKey(text, of: .user("o")) }

    private func reservation(_ link: NewLink) throws -> Reservation { Reservation(key: try key(), requestDigest: link.digest) }

    private func draft(_ code: String, on shortener: URLShortener) throws -> LinkDraft {
        LinkDraft(NumberedCode(number: 0, code: code), try link.record(ownHosts: [], now: shortener.wallClock()))
    }

    @Test("The same at once through every instance: one link, and the same answer to all")
    func concurrent() async throws {
        try await withFleet { fleet in
            for round in 0..<5 {
                let key = try key("\(round)")
                let links = try await withThrowingTaskGroup(of: Link.self) { group in
                    for caller in 0..<64 { group.addTask { try await fleet[caller].create(link, idempotencyKey: key) } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(Set(links).count == 1)
                #expect(try await fleet.linkCount() == round + 1)
            }
        }
    }

    @Test("With another body it is a conflict, with another scope another key")
    func conflict() async throws {
        try await withFleet { fleet in
            let first = try await fleet[0].create(link, idempotencyKey: key())
            for other in [NewLink(url: "https://example.com/"), NewLink(url: "https://example.com/", alias: "alias", owner: "o")]
            {
                do throws(URLShortenerError) {
                    _ = try await fleet[1].create(other, idempotencyKey: IdempotencyKey("key", of: .user("o")))
                    Issue.record("no conflict")
                } catch {
                    guard case .idempotencyConflict = error else { throw error }
                }
            }
            let another = try await fleet[1].create(link, idempotencyKey: IdempotencyKey("key", of: .address("o")))
            #expect(another.code != first.code)
            #expect(try await fleet.linkCount() == 2)
            let lifetime: Int = try await fleet.redis.send(
                RedisCommand("PTTL", URLShortenerKeys.reservation(try key().digest))
            ).decode()
            #expect((86_000_000...86_400_000).contains(lifetime))
        }
    }

    @Test("A crash before the link was created: the repetition creates what was reserved")
    func crashBefore() async throws {
        try await withFleet { fleet in
            let reserved = try await fleet[0].reserve(draft("reserved", on: fleet[0]), reservation(link))
            #expect(try await fleet.linkCount() == 0)
            let created = try await fleet[1].create(link, idempotencyKey: key())
            #expect(created == reserved.link)
            #expect(try await fleet[2].create(link, idempotencyKey: key()) == created)
            #expect(try await fleet.linkCount() == 1)
        }
    }

    @Test("A crash after the link was created: the repetition finds it, also when it was changed or deleted since")
    func crashAfter() async throws {
        try await withFleet { fleet in
            let created = try await fleet[0].create(link, idempotencyKey: key())
            for step in 0..<3 {
                // As if the one who created it had not come to say so.
                _ = try await fleet.redis.send(RedisCommand("HDEL", try reservation(link).name, "created"))
                if step == 1 { _ = try await fleet[1].change(created.code, LinkChange(url: "http://other"), by: .user("o")) }
                if step == 2 { try await fleet[1].delete(created.code, by: .user("o")) }
                #expect(try await fleet[1].create(link, idempotencyKey: key()) == created)
                #expect(try await fleet[2].create(link, idempotencyKey: key()) == created, "and from memory")
                #expect(try await fleet.linkCount() == 1)
            }
            #expect(try await fleet[0].links(of: "o").links.isEmpty)
        }
    }

    @Test("A reserved code that turns out to be taken is replaced for all who repeat")
    func reservedCodeTaken() async throws {
        try await withFleet { fleet in
            _ = try await fleet[0].reserve(draft("taken", on: fleet[0]), reservation(link))
            let taken = try await fleet[1].create(NewLink(url: "http://elsewhere", alias: "taken"))
            let links = try await withThrowingTaskGroup(of: Link.self) { group in
                for caller in 0..<32 { group.addTask { try await fleet[caller].create(link, idempotencyKey: key()) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(links).count == 1 && links[0].code != "taken" && links[0].url == link.url)
            #expect(try await fleet[0].link("taken") == taken)
            #expect(try await fleet.linkCount() == 2)
        }
    }

    @Test("An alias with a key: the same again, and taken for another")
    func alias() async throws {
        try await withFleet { fleet in
            let wish = NewLink(url: "http://a", alias: "alias")
            let first = try await fleet[0].create(wish, idempotencyKey: key("1"))
            #expect(try await fleet[1].create(wish, idempotencyKey: key("1")) == first)
            await #expect(throws: URLShortenerError.self) {
                try await fleet[1].create(NewLink(url: "http://b", alias: "alias"), idempotencyKey: key("2"))
            }
            #expect(try await fleet.linkCount() == 1)
        }
    }
}
