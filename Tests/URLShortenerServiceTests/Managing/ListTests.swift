import TestSupport
import Testing

/// Somebody's links, page after page.
@Suite(.service(.urlShortener, "--create-limit", "off"), .serialized)
struct ListTests {
    @Test func `newest first, each once, to the last`() async throws {
        let service = try RunningService.shared
        let mine = user("lister")
        var created: [String] = []
        // Some in one millisecond, some one after the other.
        for batch in 0..<3 {
            let links = (0..<100).map { #"{"url":"https://example.org/\#(batch)/\#($0)"}"# }.joined(separator: ",")
            let reply = try await service.send("POST", "/v1/links/batch", #"{"links":[\#(links)]}"#, headers: mine)
            created += try reply.json(BatchBody.self).results.compactMap(\.id)
            created.append(try await service.shorten("https://example.org/single", headers: mine).id)
        }
        _ = try await service.shorten("https://example.org/bob", headers: user("bob"))
        _ = try await service.shorten("https://example.org/nobody")
        let deleted = created.remove(at: 150)
        #expect(try await service.request("DELETE", "/v1/links/\(deleted)", headers: mine).status == 204)

        let (links, pages) = try await list(service, mine)
        #expect(links.count == 302 && Set(links.map(\.id)) == Set(created))
        #expect(pages > 1)
        #expect(zip(links, links.dropFirst()).allSatisfy { $0.createdAt >= $1.createdAt })
        #expect(links.first?.id == created.last)
        for link in [links[0], links[150], links[301]] {
            #expect(try await service.request("GET", "/v1/links/\(link.id)").json(LinkBody.self) == link)
        }
    }

    @Test func `what comes meanwhile makes no gap and no duplicate`() async throws {
        let service = try RunningService.shared
        let mine = user("busy lister")
        let links = (0..<250).map { #"{"url":"https://example.org/\#($0)"}"# }.joined(separator: ",")
        let batch = try await service.send("POST", "/v1/links/batch", #"{"links":[\#(links)]}"#, headers: mine)
        let created = Set(try batch.json(BatchBody.self).results.compactMap(\.id))
        var seen: [String] = []
        _ = try await list(service, mine) { page in
            seen += page.map(\.id)
            _ = try await service.shorten("https://example.org/new", headers: mine)
        }
        #expect(Set(seen).isSuperset(of: created) && Set(seen).count == seen.count)
    }

    @Test func `who has none gets none, and null instead of a cursor`() async throws {
        let service = try RunningService.shared
        let reply = try await service.request("GET", "/v1/links?owner=me", headers: user("newcomer"))
        #expect(reply.status == 200 && reply.text.contains(#""nextCursor":null"#), "\(reply)")
        #expect(try reply.json(ListBody.self).links.isEmpty)
    }

    @Test func `without identity 401, with a cursor from elsewhere 400`() async throws {
        let service = try RunningService.shared
        for target in ["/v1/links?owner=me", "/v1/links?owner=me&cursor=x"] {
            try expectProblem(try await service.request("GET", target), 401)
        }
        for cursor in [
            "x", "-1", "%00", "0-", "99999999999999999999-abc", "12345-caf%C3%A9", String(repeating: "9", count: 1000),
        ] {
            let reply = try await service.request("GET", "/v1/links?owner=me&cursor=\(cursor)", headers: user("lister"))
            try expectProblem(reply, 400, "cursor")
        }
    }

    @Test func `a user is told apart byte for byte, whatever he is called`() async throws {
        let service = try RunningService.shared
        let names = ["caf\u{E9}", "cafe\u{301}", "Alice", "alice", "a:b", "a b", "a%20b", "{x}", "a\"b\\c"]
        for name in names {
            let link = try await service.shorten("https://example.org", headers: user(name))
            let list: ListBody = try await service.request("GET", "/v1/links?owner=me", headers: user(name)).json()
            #expect(list.links == [link], "\(name)")
        }
    }

    private func list(
        _ service: RunningService, _ headers: [(String, String)], eachPage: ([LinkBody]) async throws -> Void = { _ in }
    ) async throws -> (links: [LinkBody], pages: Int) {
        var links: [LinkBody] = []
        var pages = 0
        var cursor: String?
        repeat {
            let target = "/v1/links?owner=me" + (cursor.map { "&cursor=\($0)" } ?? "")
            let reply = try await service.request("GET", target, headers: headers)
            try #require(reply.status == 200, "\(reply)")
            let page: ListBody = try reply.json()
            links += page.links
            (cursor, pages) = (page.nextCursor, pages + 1)
            try await eachPage(page.links)
        } while cursor != nil && pages < 100
        return (links, pages)
    }
}
