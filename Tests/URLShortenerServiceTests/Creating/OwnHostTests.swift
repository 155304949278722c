import TestSupport
import Testing

/// A link never leads back to the service, by whichever name one knows it.
@Suite(.slots(1))
struct OwnHostTests {
    @Test func `neither to the address where it listens nor to the Host of the request`() async throws {
        try await withService(.urlShortener, ["--create-limit", "off"]) { service in
            try await service.becomesReady()
            for url in [
                service.address, "\(service.address)/abc", "http://user:password@127.0.0.1:\(service.port)/x",
                "http://0x7f.1:\(service.port)/", "http://[::ffff:127.0.0.1]:\(service.port)/",
                "http://127.0.0.1.:\(service.port)",
            ] {
                try await refuses(url, host: "elsewhere.example", service)
            }
            for url in [
                "https://short.example/x", "http://SHORT.example/", "https://short.example./", "https://sh%6Frt.example/",
            ] {
                try await refuses(url, host: "short.example", service)
                try await accepts(url, host: "elsewhere.example", service)
            }
            // A host that only looks alike.
            for url in [
                "https://short.example.org", "https://notshort.example", "https://example/short.example", "https://a@b.example",
            ] {
                try await accepts(url, host: "short.example", service)
            }
        }
    }

    @Test func `nor to it in other letters, or to any address of the machine where it listens on all`() async throws {
        let arguments = [
            "--host", "0.0.0.0", "--insecure", "--create-limit", "off", "--base-url", "https://m\u{FC}nchen.example",
        ]
        try await withService(.urlShortener, arguments) { service in
            try await service.becomesReady()
            for url in ["https://m\u{FC}nchen.example/x", "https://M\u{DC}NCHEN.example/", "https://xn--mnchen-3ya.example"] {
                try await refuses(url, host: "elsewhere.example", service)
            }
            try await refuses("http://127.0.0.1:\(service.port)/", host: "elsewhere.example", service)
            try await accepts("https://munchen.example", host: "elsewhere.example", service)
        }
    }

    @Test(arguments: [(["--base-url", "https://sho.rt"], [:]), ([], ["BASE_URL": "https://sho.rt/"])])
    func `nor to --base-url, at which the short URLs are`(_ arguments: [String], _ environment: [String: String]) async throws {
        try await withService(.urlShortener, arguments, environment: environment) { service in
            try await service.becomesReady()
            for url in ["https://sho.rt", "https://sho.rt/abc", "https://SHO.RT:443/", "https://x@sho.rt/"] {
                try await refuses(url, host: "elsewhere.example", service)
            }
            try await accepts("https://sho.rt.example/", host: "elsewhere.example", service)
            let reply = try await service.send("POST", "/shorten", newLink("https://example.org"))
            let link: LinkBody = try reply.json()
            #expect(link.shortUrl == "https://sho.rt/\(link.id)" && reply["Location"] == link.shortUrl)
            let list = try await service.request("GET", "/v1/links/\(link.id)")
            #expect(try list.json(LinkBody.self) == link)
        }
    }

    @Test func `nor by a change, nor in a batch`() async throws {
        try await withService(.urlShortener, ["--base-url", "https://sho.rt"]) { service in
            try await service.becomesReady()
            let link = try await service.shorten("https://example.org", headers: user("alice"))
            let change = try await service.send(
                "PATCH", "/v1/links/\(link.id)", newLink("https://sho.rt/x"), headers: user("alice"))
            try expectProblem(change, 400, "url")
            let batch = try await service.send("POST", "/v1/links/batch", #"{"links":[{"url":"https://sho.rt/x"}]}"#)
            #expect(try batch.json(BatchBody.self).results.map(\.status) == [400], "\(batch)")
        }
    }

    private func refuses(_ url: String, host: String, _ service: RunningService) async throws {
        let reply = try await service.request(head: "POST /shorten HTTP/1.1\r\nHost: \(host)", body: newLink(url))
        #expect(reply.status == 400, "\(url) by \(host): \(reply)")
        if reply.status == 400 { try expectProblem(reply, 400, "url") }
    }

    private func accepts(_ url: String, host: String, _ service: RunningService) async throws {
        let reply = try await service.request(head: "POST /shorten HTTP/1.1\r\nHost: \(host)", body: newLink(url))
        #expect(reply.status == 201, "\(url) by \(host): \(reply)")
    }
}
