import Foundation
import TestSupport
import Testing

/// What `POST /shorten` creates, and how it says so.
@Suite(.service(.urlShortener, "--create-limit", "off"), .serialized)
struct ShortenTests {
    @Test func `a link of JSON is answered with 201, its Location and all that it is`() async throws {
        let service = try RunningService.shared
        let url = "https://example.org/a/long/way?x=1#part"
        let reply = try await service.send("POST", "/shorten", newLink(url))
        #expect(reply.status == 201, "\(reply)")
        #expect(reply["Content-Type"]?.hasPrefix("application/json") == true, "\(reply)")
        let link: LinkBody = try reply.json()
        #expect(link.id.wholeMatch(of: #/[0-9A-Za-z]{1,7}/#) != nil, "\(link.id)")
        #expect(link.shortUrl == "\(service.address)/\(link.id)")
        #expect(reply["Location"] == link.shortUrl)
        #expect(link.url == url && link.createdAt.isTime)
        // What there is not is said, too.
        for field in ["expiresAt", "maxVisits"] { #expect(reply.text.contains("\"\(field)\":null"), "\(reply.text)") }
        let members = try #require(try JSONSerialization.jsonObject(with: Data(reply.body)) as? [String: Any])
        #expect(Set(members.keys).isSuperset(of: ["id", "shortUrl", "url", "createdAt", "expiresAt", "maxVisits"]))
        #expect(try await service.destination(of: link.id) == url)
    }

    @Test func `all fields of JSON are obeyed`() async throws {
        let service = try RunningService.shared
        let link = try await service.shorten(
            "http://example.org", #""alias":"all-of_Them","expiresInSeconds":3600,"maxVisits":10"#)
        #expect(link.id == "all-of_Them" && link.url == "http://example.org" && link.maxVisits == 10)
        let expiry = try #require(link.expiresAt)
        #expect(expiry.isTime)
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        #expect(abs(try format.parse(expiry).timeIntervalSince(try format.parse(link.createdAt)) - 3600) < 0.01)
    }

    @Test func `null is as good as nothing, and unknown fields do not matter`() async throws {
        let service = try RunningService.shared
        let link = try await service.shorten(
            "https://example.org", #""alias":null,"expiresInSeconds":null,"maxVisits":null,"title":"A page""#)
        #expect(link.expiresAt == nil && link.maxVisits == nil)
    }

    @Test(arguments: ["application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=UTF-8"])
    func `a form is as good as JSON`(_ type: String) async throws {
        let service = try RunningService.shared
        let alias = "form-\(type.count)"
        let body = "url=https%3A%2F%2Fexample.org%2Fa%2Bb%3Fq%3Dcaf%C3%A9+x%26y&alias=\(alias)&expiresInSeconds=60&maxVisits=7"
        // A plus is a space in a form, and a space is none in a URL.
        let spaced = try await service.request("POST", "/shorten", headers: [("Content-Type", type)], body: body)
        try expectProblem(spaced, 400, "url")
        let reply = try await service.request(
            "POST", "/shorten", headers: [("Content-Type", type)], body: body.replacing("+x", with: "%2Bx"))
        #expect(reply.status == 201, "\(reply)")
        let link: LinkBody = try reply.json()
        #expect(link.id == alias && link.maxVisits == 7 && link.expiresAt != nil)
        #expect(link.url.isByteForByte("https://example.org/a+b?q=caf\u{E9}+x&y"), "\(link.url)")
        #expect(reply["Location"] == link.shortUrl)
    }

    @Test func `curl -d is a form, and needs nothing but a URL`() async throws {
        let service = try RunningService.shared
        let reply = try await service.request(
            "POST", "/shorten", headers: [("Content-Type", "application/x-www-form-urlencoded")],
            body: "url=https://example.org/?a=b")
        #expect(try reply.json(LinkBody.self).url == "https://example.org/?a=b", "\(reply)")
        let empty = try await service.request(
            "POST", "/shorten", headers: [("Content-Type", "application/x-www-form-urlencoded")],
            body: "url=https://example.org/&alias=&expiresInSeconds=&maxVisits=")
        // Fields of a page's form that nobody has filled in.
        #expect(empty.status == 201, "\(empty)")
    }

    @Test func `ids are short, all different, and say nothing of the next`() async throws {
        let service = try RunningService.shared
        var ids: [String] = []
        for _ in 0..<50 { ids.append(try await service.shorten("https://example.org").id) }
        #expect(Set(ids).count == 50)
        #expect(ids.allSatisfy { $0.wholeMatch(of: #/[0-9A-Za-z]{1,7}/#) != nil }, "\(ids)")
        let numbers = ids.compactMap(base62)
        let steps = Set(zip(numbers, numbers.dropFirst()).map { $1 &- $0 })
        #expect(steps.count > 40, "\(ids)")
    }

    @Test func `with --sequential they count`() async throws {
        for (arguments, environment) in [(["--sequential"], [:]), ([], ["SEQUENTIAL": "true"])] {
            try await withService(.urlShortener, arguments, environment: environment) { service in
                var numbers: [Int] = []
                try await service.becomesReady()
                for _ in 0..<20 { numbers.append(try #require(base62(try await service.shorten("https://example.org").id))) }
                let steps = zip(numbers, numbers.dropFirst()).map { $1 - $0 }
                #expect(steps.allSatisfy { $0 == 1 }, "\(numbers)")
            }
        }
    }

    private func base62(_ id: String) -> Int? {
        let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
        return id.reduce(0 as Int?) { sum, digit in
            guard let sum, let value = digits.firstIndex(of: digit) else { return nil }
            return sum * 62 + value
        }
    }
}
