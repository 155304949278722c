import TestSupport
import Testing

/// What is changed or deleted at one instance is so at the other.
@Suite(.slots(2), .serialized)
struct ChangingTests {
    @Test func `a change is answered with the link as it is now, and obeyed by every instance`() async throws {
        try await withShortenerFleet(of: 2) { _, services in
            let link = try await services[0].shorten("https://example.org/0", headers: user("alice"))
            try await everywhere(services, "redirects") { try await $0.destination(of: link.id) == "https://example.org/0" }
            for round in 1...20 {
                let url = "https://example.org/\(round)/caf\u{E9}"
                let editor = services[round % 2]
                let reply = try await editor.send("PATCH", "/v1/links/\(link.id)", newLink(url), headers: user("alice"))
                #expect(reply.status == 200, "\(reply)")
                var expected = link
                expected.url = url
                #expect(try reply.json(LinkBody.self) == expected)
                // Who made the change sees it at once.
                #expect(url.isByteForByte(try await editor.destination(of: link.id)))
                try await everywhere(services, "obeys") { url.isByteForByte(try await $0.destination(of: link.id)) }
                for service in services {
                    #expect(try await service.request("GET", "/v1/links/\(link.id)").json(LinkBody.self) == expected)
                }
            }
        }
    }

    @Test func `each field is changed alone`() async throws {
        try await withShortenerFleet(of: 2) { _, services in
            let link = try await services[0].shorten("https://example.org/0", #""maxVisits":5"#, headers: user("alice"))
            var expected = link
            func change(_ json: String) async throws -> LinkBody {
                let reply = try await services[1].send("PATCH", "/v1/links/\(link.id)", json, headers: user("alice"))
                try #require(reply.status == 200, "\(reply)")
                return try reply.json()
            }
            expected.url = "https://example.org/1"
            #expect(try await change(#"{"url":"https://example.org/1"}"#) == expected)
            expected.maxVisits = 7
            #expect(try await change(#"{"maxVisits":7}"#) == expected)
            let ending = try await change(#"{"expiresInSeconds":1}"#)
            expected.expiresAt = ending.expiresAt
            #expect(ending == expected && ending.expiresAt?.isTime == true)
            try await everywhere(services, "lets it expire") { try await $0.visit(link.id, "HEAD").status == 410 }
            // From the moment of the change on.
            #expect(try await change(#"{"expiresInSeconds":3600}"#).expiresAt ?? "" > ending.expiresAt ?? "")
            try await everywhere(services, "redirects again") {
                try await $0.visit(link.id, "HEAD")["Location"] == "https://example.org/1"
            }
        }
    }

    @Test func `changes at the same time are all made, and a deletion wins`() async throws {
        try await withShortenerFleet(of: 2) { _, services in
            for round in 0..<10 {
                let link = try await services[0].shorten("https://example.org/0", headers: user("alice"))
                let target = "/v1/links/\(link.id)"
                async let url = services[0].send("PATCH", target, newLink("https://example.org/1"), headers: user("alice"))
                async let maximum = services[1].send("PATCH", target, #"{"maxVisits":9}"#, headers: user("alice"))
                async let expiry = services[1].send("PATCH", target, #"{"expiresInSeconds":60}"#, headers: user("alice"))
                for reply in try await [url, maximum, expiry] { #expect(reply.status == 200, "\(reply)") }
                let changed: LinkBody = try await services[round % 2].request("GET", target).json()
                #expect(
                    changed.url == "https://example.org/1" && changed.maxVisits == 9 && changed.expiresAt != nil, "\(changed)")

                async let deletion = services[0].request("DELETE", target, headers: user("alice"))
                async let change = services[1].send("PATCH", target, #"{"maxVisits":10}"#, headers: user("alice"))
                #expect(try await deletion.status == 204)
                #expect([200, 404, 410].contains(try await change.status))
                try await everywhere(services, "has deleted it") { try await $0.visit(link.id).status == 410 }
                #expect([404, 410].contains(try await services[1].request("GET", target).status))
            }
        }
    }

    @Test func `a deletion is obeyed by every instance, and is for ever`() async throws {
        try await withShortenerFleet(of: 2) { _, services in
            for round in 0..<10 {
                let link = try await services[0].shorten("https://example.org/\(round)", headers: user("alice"))
                try await everywhere(services, "redirects") { try await $0.visit(link.id).status == 302 }
                let reply = try await services[round % 2].request("DELETE", "/v1/links/\(link.id)", headers: user("alice"))
                #expect(reply.status == 204 && reply.body.isEmpty, "\(reply)")
                #expect(try await services[round % 2].visit(link.id).status == 410)
                try await everywhere(services, "obeys") { try await $0.visit(link.id).status == 410 }
                for service in services {
                    for (method, body) in [("GET", nil), ("DELETE", nil), ("PATCH", #"{"maxVisits":1}"#)] {
                        let again = try await service.request(method, "/v1/links/\(link.id)", headers: user("alice"), body: body)
                        #expect([404, 410].contains(again.status), "\(method): \(again)")
                    }
                }
            }
        }
    }

    @Test func `a link that is not known anywhere is known once it is there`() async throws {
        try await withShortenerFleet(of: 2) { _, services in
            for round in 0..<10 {
                let alias = "later-\(round)"
                for service in services { #expect(try await service.visit(alias).status == 404) }
                _ = try await services[0].shorten("https://example.org/", #""alias":"\#(alias)""#)
                #expect(try await services[0].visit(alias).status == 302)
                try await everywhere(services, "knows it") { try await $0.visit(alias).status == 302 }
            }
        }
    }

    @Test func `what is wrong with a change is said, and changes nothing`() async throws {
        try await withShortenerFleet(of: 1) { _, services in
            let link = try await services[0].shorten("https://example.org/0", headers: user("alice"))
            for (body, word) in [
                ("{", "JSON"), ("[]", ""), (#"{"url":7}"#, "url"), (#"{"url":"ftp://example.org"}"#, "url"),
                (#"{"url":""}"#, "url"),
                (#"{"url":"https://example.org/1","maxVisits":0}"#, "maxVisits"), (#"{"maxVisits":"1"}"#, "maxVisits"),
                (#"{"url":"https://example.org/1","expiresInSeconds":-1}"#, "expiresInSeconds"),
                (#"{"expiresInSeconds":1.5}"#, "expiresInSeconds"),
            ] {
                let reply = try await services[0].send("PATCH", "/v1/links/\(link.id)", body, headers: user("alice"))
                try expectProblem(reply, 400, word)
            }
            #expect(try await services[0].request("GET", "/v1/links/\(link.id)").json(LinkBody.self) == link)
            for id in ["unknown", "no.link", String(repeating: "x", count: 65)] {
                for (method, body) in [("GET", nil), ("DELETE", nil), ("PATCH", #"{"maxVisits":1}"#)] {
                    try expectProblem(
                        try await services[0].request(method, "/v1/links/\(id)", headers: user("alice"), body: body), 404)
                }
                try expectProblem(try await services[0].request("GET", "/v1/links/\(id)/stats", headers: user("alice")), 404)
            }
        }
    }
}
