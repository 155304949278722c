import Redis
import TestSupport
import Testing

@testable import URLShortener

@Suite("Changing and deleting links")
struct ChangingTests {
    private func failure(_ body: () async throws(URLShortenerError) -> Void) async -> String {
        do throws(URLShortenerError) {
            try await body()
            return "none"
        } catch {
            return switch error {
            case .notFound: "notFound"
            case .gone: "gone"
            case .notOwner: "notOwner"
            default: error.description
            }
        }
    }

    @Test("Each part changes alone, or goes")
    func parts() async throws {
        try await withFleet(configure: { $0.ownHosts = ["sho.rt"] }) { fleet in
            let link = try await fleet[0].create(NewLink(url: "http://a", expiresInSeconds: 60, owner: "o"))
            var changed = try await fleet[1].change(link.code, LinkChange(), by: .user("o"))
            #expect(changed == link)
            changed = try await fleet[1].change(link.code, LinkChange(url: "http://b"), by: .user("o"))
            #expect(changed.url == "http://b" && changed.expiresAtMilliseconds == link.expiresAtMilliseconds)
            changed = try await fleet[2].change(link.code, LinkChange(maxVisits: .set(7)), by: .user("o"))
            #expect(changed.url == "http://b" && changed.maxVisits == 7)
            changed = try await fleet[0].change(
                link.code, LinkChange(expiresInSeconds: .removed, maxVisits: .removed), by: .user("o"))
            #expect(changed.expiresAtMilliseconds == nil && changed.maxVisits == nil && changed.url == "http://b")
            changed = try await fleet[0].change(link.code, LinkChange(expiresInSeconds: .set(5)), by: .user("o"))
            #expect(changed.expiresAtMilliseconds.map { $0 > link.createdAtMilliseconds } == true)
            #expect(changed.owner == "o" && changed.createdAtMilliseconds == link.createdAtMilliseconds)
            #expect(try await fleet[1].link(link.code) == changed)
            for change in [
                LinkChange(url: "ftp://a"), LinkChange(url: "http://sho.rt"), LinkChange(expiresInSeconds: .set(0)),
                LinkChange(maxVisits: .set(-1)),
            ] {
                await #expect(throws: URLShortenerError.self) { try await fleet[1].change(link.code, change, by: .user("o")) }
            }
            #expect(try await fleet[1].link(link.code) == changed)
        }
    }

    @Test("Only the owner and the administration may")
    func rights() async throws {
        try await withFleet(of: 1) { fleet in
            let owned = try await fleet[0].create(NewLink(url: "http://a", owner: "o"))
            let nobodys = try await fleet[0].create(NewLink(url: "http://a"))
            for requester in [Requester.user("p"), .user(""), .anonymous] {
                for code in [owned.code, nobodys.code] {
                    #expect(
                        await failure { () throws(URLShortenerError) in
                            _ = try await fleet[0].change(code, LinkChange(url: "http://b"), by: requester)
                        } == "notOwner")
                    #expect(
                        await failure { () throws(URLShortenerError) in try await fleet[0].delete(code, by: requester) }
                            == "notOwner")
                }
            }
            _ = try await fleet[0].change(nobodys.code, LinkChange(url: "http://b"), by: .administration)
            try await fleet[0].delete(owned.code, by: .administration)
            #expect(await failure { () throws(URLShortenerError) in _ = try await fleet[0].link(owned.code) } == "gone")
            #expect(
                await failure { () throws(URLShortenerError) in try await fleet[0].delete(owned.code, by: .user("o")) } == "gone")
            #expect(
                await failure { () throws(URLShortenerError) in try await fleet[0].delete("nothing", by: .administration) }
                    == "notFound")
        }
    }

    @Test("Of many changes at once none undoes another's part")
    func concurrentChanges() async throws {
        try await withFleet { fleet in
            let link = try await fleet[0].create(NewLink(url: "http://a", owner: "o"))
            try await withThrowingTaskGroup { group in
                for caller in 0..<64 {
                    group.addTask {
                        let change =
                            switch caller % 3 {
                            case 0: LinkChange(url: "http://example.com/\(caller)")
                            case 1: LinkChange(maxVisits: .set(caller))
                            default: LinkChange(expiresInSeconds: .set(1_000 + caller))
                            }
                        let changed = try await fleet[caller / 3].change(link.code, change, by: .user("o"))
                        switch caller % 3 {
                        case 0: #expect(changed.url == "http://example.com/\(caller)")
                        case 1: #expect(changed.maxVisits == caller)
                        default: #expect(changed.expiresAtMilliseconds != nil)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let last = try await fleet[0].link(link.code)
            #expect(last.url.hasPrefix("http://example.com/") && last.maxVisits != nil && last.expiresAtMilliseconds != nil)
        }
    }

    @Test("Deleted once, and no change that runs at the same time brings it back")
    func concurrentDeletion() async throws {
        try await withFleet { fleet in
            for _ in 0..<5 {
                let link = try await fleet[0].create(NewLink(url: "http://a", owner: "o"))
                let deletions = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for caller in 0..<48 {
                        group.addTask {
                            let result = await failure { () throws(URLShortenerError) in
                                if caller % 4 == 0 {
                                    try await fleet[caller].delete(link.code, by: .user("o"))
                                } else {
                                    _ = try await fleet[caller].change(
                                        link.code, LinkChange(maxVisits: .set(caller)), by: .user("o"))
                                }
                            }
                            #expect(["none", "gone"].contains(result))
                            return caller % 4 == 0 && result == "none"
                        }
                    }
                    return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                #expect(deletions == 1)
                #expect(await failure { () throws(URLShortenerError) in _ = try await fleet[1].link(link.code) } == "gone")
            }
        }
    }

    @Test("What is no link is not taken for one")
    func unreadable() async throws {
        try await withFleet(of: 1) { fleet in
            try await fleet.redis.set(URLShortenerKeys.link("odd"), to: "odd")
            _ = try await fleet.redis.send(RedisCommand("HSET", URLShortenerKeys.link("hash"), "a", "b"))
            for code in ["odd", "hash"] {
                await #expect(throws: URLShortenerError.self) { try await fleet[0].link(code) }
                await #expect(throws: URLShortenerError.self) { try await fleet[0].delete(code, by: .administration) }
            }
            await #expect(throws: URLShortenerError.self) { try await fleet[0].create(NewLink(url: "http://a", alias: "odd")) }
        }
    }
}
