import TestSupport
import Testing

/// A request that is repeated creates nothing twice.
@Suite(.slots(2), .serialized)
struct IdempotencyTests {
    @Test func `the same key is the same answer, from any instance`() async throws {
        try await withShorteners { services in
            let fields = [
                "", #""expiresInSeconds":3600,"maxVisits":5"#, #""alias":"with-alias""#,
            ]
            for (index, fields) in fields.enumerated() {
                let headers = [("Idempotency-Key", "key-\(index)")] + user("alice")
                let body = try newLink("https://example.org/\(index)", fields)
                let first = try await services[0].send("POST", "/shorten", body, headers: headers)
                #expect(first.status == 201, "\(first)")
                for service in [services[1], services[0], services[1]] {
                    let again = try await service.send("POST", "/shorten", body, headers: headers)
                    #expect(again.status == 201 && again["Location"] == first["Location"], "\(again)")
                    #expect(try again.json(LinkBody.self) == first.json(LinkBody.self))
                }
            }
        }
    }

    @Test func `with another body it is 409, and of another user another key`() async throws {
        try await withShorteners { services in
            let key = [("Idempotency-Key", "the key")]
            let first = try await services[0].shorten("https://example.org/1", headers: key + user("alice"))
            for body in [try newLink("https://example.org/2"), try newLink("https://example.org/1", #""maxVisits":1"#)] {
                for service in services {
                    try expectProblem(try await service.send("POST", "/shorten", body, headers: key + user("alice")), 409)
                }
            }
            let bob = try await services[1].shorten("https://example.org/2", headers: key + user("bob"))
            let nobody = try await services[1].shorten("https://example.org/3", headers: key)
            #expect(Set([first.id, bob.id, nobody.id]).count == 3)
            #expect(try await services[1].shorten("https://example.org/1", headers: key + user("alice")) == first)
        }
    }

    @Test func `the first answer it is also when the link was changed or deleted since`() async throws {
        try await withShorteners { services in
            let key = [("Idempotency-Key", "k")] + user("alice")
            let link = try await services[0].shorten("https://example.org/1", headers: key)
            let target = "/v1/links/\(link.id)"
            let change = try await services[1].send("PATCH", target, newLink("https://example.org/2"), headers: user("alice"))
            #expect(change.status == 200)
            for service in services { #expect(try await service.shorten("https://example.org/1", headers: key) == link) }
            // Repeating is no undoing.
            try await everywhere(services, "keeps the change") {
                try await $0.destination(of: link.id) == "https://example.org/2"
            }
            #expect(try await services[1].request("DELETE", target, headers: user("alice")).status == 204)
            for service in services { #expect(try await service.shorten("https://example.org/1", headers: key) == link) }
            try await everywhere(services, "keeps the deletion") { try await $0.visit(link.id).status == 410 }
        }
    }

    @Test func `what was refused used no key up`() async throws {
        try await withShorteners { services in
            let key = [("Idempotency-Key", "k")] + user("alice")
            try expectProblem(
                try await services[0].send("POST", "/shorten", newLink("ftp://example.org"), headers: key), 400, "url")
            _ = try await services[1].shorten("https://example.org", headers: key)
        }
    }

    @Test func `of many at the same time one creates`() async throws {
        try await withShorteners { services in
            for round in 0..<5 {
                let links = try await withThrowingTaskGroup(of: LinkBody.self) { group in
                    for index in 0..<16 {
                        group.addTask {
                            try await services[index % 2].shorten(
                                "https://example.org/", headers: user("alice") + [("Idempotency-Key", "round \(round)")])
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(links.count == 16 && links.allSatisfy { $0 == links[0] }, "\(links)")
            }
            let list: ListBody = try await services[0].request("GET", "/v1/links?owner=me", headers: user("alice")).json()
            #expect(list.links.count == 5)
        }
    }

    @Test(arguments: ["", String(repeating: "k", count: 256), "caf\u{E9}"])
    func `a key that is none is 400`(_ key: String) async throws {
        try await withService(.urlShortener) { service in
            let reply = try await service.send(
                "POST", "/shorten", newLink("https://example.org"), headers: [("Idempotency-Key", key)])
            try expectProblem(reply, 400, "Idempotency-Key")
        }
    }

    private func withShorteners(_ body: @Sendable ([RunningService]) async throws -> Void) async throws {
        try await withShortenerFleet(of: 2) { _, services in try await body(services) }
    }
}
