import Redis
import TestSupport
import Testing

@testable import URLShortener

@Suite("A user's links")
struct ListingTests {
    private func pages(of owner: String, _ fleet: Fleet, limit: Int, between: () async throws -> Void = {}) async throws
        -> [[Link]]
    {
        var pages: [[Link]] = []
        var cursor: String?
        repeat {
            let page = try await fleet[pages.count].links(of: owner, after: cursor, limit: limit)
            #expect(page.links.count <= limit)
            if page.nextCursor != nil { #expect(page.links.count == limit) }
            pages.append(page.links)
            cursor = page.nextCursor
            try await between()
        } while cursor != nil && pages.count < 1_000
        return pages
    }

    @Test("Newest first, page by page without a gap or a double, also of one millisecond", arguments: [1, 7, 100, 1_000])
    func pages(limit: Int) async throws {
        try await withFleet { fleet in
            var expected: [Link] = []
            for batch in 0..<4 {
                let links = (0..<50).map { NewLink(url: "http://example.com/\(batch)/\($0)", owner: "o{}") }
                expected += try await fleet[batch].create(links).map { try $0.get() }
                _ = try await fleet[batch].create(NewLink(url: "http://other", owner: "other"))
            }
            let found = try await pages(of: "o{}", fleet, limit: limit)
            let links = found.flatMap { $0 }
            #expect(Set(links) == Set(expected) && links.count == expected.count)
            #expect(zip(links, links.dropFirst()).allSatisfy { $0.createdAtMilliseconds >= $1.createdAtMilliseconds })
            #expect(found.last?.isEmpty == false, "null exactly when nothing is left")
            #expect(try await fleet[0].links(of: "nobody").links.isEmpty)
        }
    }

    @Test("Links that come and go between pages disturb no other")
    func disturbed() async throws {
        try await withFleet { fleet in
            let links = try await fleet[0].create((0..<60).map { NewLink(url: "http://a/\($0)", owner: "o") }).map {
                try $0.get()
            }
            for link in links.prefix(20) { try await fleet[0].delete(link.code, by: .user("o")) }
            var rest = Set(links.dropFirst(20))
            let found = try await pages(of: "o", fleet, limit: 4) {
                _ = try await fleet[1].create(NewLink(url: "http://new", owner: "o"))
                if let link = rest.popFirst() { try await fleet[2].delete(link.code, by: .user("o")) }
            }.flatMap { $0 }
            #expect(Set(found).count == found.count)
            #expect(rest.isSubset(of: found))
            #expect(!found.contains { link in links.prefix(20).contains(link) })
        }
    }

    @Test("Places without a link, or with another's, are passed over")
    func stale() async throws {
        try await withFleet(of: 1) { fleet in
            let own = try await fleet[0].create(NewLink(url: "http://a", owner: "o"))
            _ = try await fleet[0].create(NewLink(url: "http://b", alias: "others", owner: "p"))
            await #expect(throws: URLShortenerError.self) {
                try await fleet[0].create(NewLink(url: "http://c", alias: "others", owner: "o"))
            }
            for number in 0..<30 {
                _ = try await fleet.redis.send(
                    RedisCommand("ZADD", URLShortenerKeys.links(of: "o"), own.createdAtMilliseconds + number, "none\(number)"))
            }
            #expect(try await fleet[0].links(of: "o", limit: 1).links == [own])
            #expect(try await fleet[0].links(of: "o", limit: 1).nextCursor == nil)
        }
    }

    @Test("Cursors and limits that make no sense are refused")
    func refused() async throws {
        try await withFleet(of: 1) { fleet in
            for cursor in ["", "a", "1", "1-", "-1-a", "1-a/b", "99999999999999999999-a", "x-a", "1 -a"] {
                await #expect(throws: URLShortenerError.self) { try await fleet[0].links(of: "o", after: cursor) }
            }
            for limit in [0, -1, 1_001] {
                await #expect(throws: URLShortenerError.self) { try await fleet[0].links(of: "o", limit: limit) }
            }
            let page = try await fleet[0].links(of: "o", after: "5-a-b")
            #expect(page.links.isEmpty)
        }
    }
}
