import TestSupport
import Testing

/// Many links in one request, each with an answer of its own.
@Suite(.service(.urlShortener, "--create-limit", "off"), .serialized)
struct BatchTests {
    @Test func `results come in the order asked, good and bad ones mixed`() async throws {
        let service = try RunningService.shared
        let body = """
            {"links":[{"url":"https://example.org/0"},{"url":"ftp://example.org"},{"url":"https://example.org/2","alias":"batch-2"},
            {"url":"https://example.org/3","alias":"batch-2"},{"url":"https://example.org/4","alias":"no good"},
            {"url":"https://example.org/5","maxVisits":1,"expiresInSeconds":60},{"url":"https://example.org/6","maxVisits":0},
            {"url":"https://example.org/7","alias":"shorten"}]}
            """
        let reply = try await service.send("POST", "/v1/links/batch", body, headers: user("batcher"))
        #expect(reply.status == 200, "\(reply)")
        let results = try reply.json(BatchBody.self).results
        #expect(results.map(\.status) == [201, 400, 201, 409, 400, 201, 400, 400], "\(reply)")
        for (index, word) in [(1, "url"), (3, "alias"), (4, "alias"), (6, "maxVisits"), (7, "alias")] {
            #expect(results[index].detail?.contains(word) == true && results[index].id == nil, "\(results[index])")
        }
        for index in [0, 2, 5] {
            let id = try #require(results[index].id)
            #expect(results[index].shortUrl == "\(service.address)/\(id)")
            #expect(results[index].url == "https://example.org/\(index)")
            #expect(try await service.destination(of: id) == "https://example.org/\(index)")
        }
        #expect(results[2].id == "batch-2")
        let list: ListBody = try await service.request("GET", "/v1/links?owner=me", headers: user("batcher")).json()
        #expect(list.links.count == 3)
    }

    @Test func `1,000 links are created, each of them another`() async throws {
        let service = try RunningService.shared
        let links = (0..<1000).map { #"{"url":"https://example.org/\#($0)"}"# }.joined(separator: ",")
        let reply = try await service.send("POST", "/v1/links/batch", #"{"links":[\#(links)]}"#)
        let results = try reply.json(BatchBody.self).results
        #expect(results.count == 1000 && results.allSatisfy { $0.status == 201 }, "\(reply)")
        #expect(Set(results.compactMap(\.id)).count == 1000)
        for index in [0, 1, 500, 998, 999] {
            let id = try #require(results[index].id)
            #expect(try await service.destination(of: id) == "https://example.org/\(index)")
        }
    }

    @Test func `also 1,000 of the longest URLs`() async throws {
        let service = try RunningService.shared
        let urls = (0..<1000).map { index in
            let base = "https://example.org/\(index)/"
            return base + String(repeating: "a", count: 8192 - base.utf8.count)
        }
        let links = urls.map { #"{"url":"\#($0)"}"# }.joined(separator: ",")
        let reply = try await service.send("POST", "/v1/links/batch", #"{"links":[\#(links)]}"#)
        try #require(reply.status == 200, "\(reply)")
        let results = try reply.json(BatchBody.self).results
        #expect(results.count == 1000 && results.allSatisfy { $0.status == 201 })
        let last = try #require(results.last?.id)
        #expect(try await service.destination(of: last) == urls.last)
    }

    @Test(arguments: [
        ("{}", "links"), (#"{"links":null}"#, "links"), (#"{"links":{}}"#, "links"), (#"{"links":[]}"#, "links"),
        ("[]", ""), ("{", "JSON"),
        (
            "{\"links\":[" + Array(repeating: #"{"url":"https://example.org"}"#, count: 1001).joined(separator: ",") + "]}",
            "links"
        ),
    ])
    func `none, more than 1,000 and what is no batch is 400`(_ body: String, _ word: String) async throws {
        try expectProblem(try await RunningService.shared.send("POST", "/v1/links/batch", body), 400, word)
    }

    @Test(arguments: [
        ("7", "links"), ("{}", "url"), (#"{"url":7}"#, "url"), (#"{"url":"https://example.org","maxVisits":"1"}"#, "maxVisits"),
    ])
    func `a link of the wrong shape is 400, alone or altogether, and named`(_ link: String, _ word: String) async throws {
        let body = #"{"links":[{"url":"https://example.org"},\#(link)]}"#
        let reply = try await RunningService.shared.send("POST", "/v1/links/batch", body)
        guard reply.status == 200 else { return _ = try expectProblem(reply, 400, "links[1]", word) }
        let results = try reply.json(BatchBody.self).results
        #expect(results.map(\.status) == [201, 400] && results[1].detail?.contains(word) == true, "\(reply)")
    }
}
