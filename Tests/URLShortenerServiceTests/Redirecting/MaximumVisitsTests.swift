import TestSupport
import Testing

/// A link that allows so many visits is followed exactly so often, and one that ends ends.
@Suite(.slots(2), .serialized)
struct MaximumVisitsTests {
    @Test func `50 clients at two instances get exactly as many as there are`() async throws {
        let allowed = 300
        try await withShortenerFleet(of: 2) { _, services in
            let link = try await services[0].shorten("https://example.org/once", #""maxVisits":\#(allowed)"#)
            let (followed, statuses) = try await withThrowingTaskGroup(of: [Int].self) { group in
                for client in 0..<50 {
                    group.addTask {
                        let connection = try await services[client % 2].connect()
                        // One half on the hot path, the other through the router.
                        let headers = client % 4 < 2 ? [] : [("TE", "trailers")]
                        var statuses: [Int] = []
                        while statuses.last != 410, statuses.count <= allowed {
                            statuses.append(try await connection.request("GET", "/\(link.id)", headers: headers).status)
                        }
                        return statuses
                    }
                }
                return try await group.reduce(into: (0, Set<Int>())) { result, statuses in
                    result.0 += statuses.count { $0 == 302 }
                    result.1.formUnion(statuses)
                }
            }
            #expect(followed == allowed)
            #expect(statuses == [302, 410])
            try await everywhere(services, "counts the visits that were answered") {
                try await $0.statistics(of: link.id).visits == allowed
            }
        }
    }

    @Test func `HEAD, looking at it and its pages take none`() async throws {
        try await withShortenerFleet(of: 2) { _, services in
            let link = try await services[0].shorten("https://example.org/single", #""maxVisits":1"#)
            for service in services {
                for headers in [[], [("Connection", "close")]] {
                    let head = try await service.visit(link.id, "HEAD", headers: headers)
                    #expect(head.status == 302 && head["Location"] == "https://example.org/single", "\(head)")
                }
                for path in ["/v1/links/\(link.id)", "/v1/links/\(link.id)/stats", "/\(link.id)/qr.svg", "/\(link.id)/preview"] {
                    #expect(try await service.request("GET", path).status == 200, "\(path)")
                }
            }
            #expect(try await services[1].visit(link.id).status == 302)
            for service in services {
                for method in ["GET", "HEAD"] { #expect(try await service.visit(link.id, method).status == 410) }
            }
        }
    }

    @Test func `more may be allowed later, and visits that were taken count`() async throws {
        try await withShortenerFleet(of: 2) { _, services in
            let link = try await services[0].shorten("https://example.org/", #""maxVisits":2"#, headers: user("alice"))
            for service in services { #expect(try await service.visit(link.id).status == 302) }
            #expect(try await services[0].visit(link.id).status == 410)
            let change = try await services[1].send("PATCH", "/v1/links/\(link.id)", #"{"maxVisits":3}"#, headers: user("alice"))
            #expect(try change.json(LinkBody.self).maxVisits == 3, "\(change)")
            try await eventually("one more") { try await services[0].visit(link.id).status == 302 }
            try await everywhere(services, "allows no more") { try await $0.visit(link.id).status == 410 }
        }
    }

    @Test func `a second is over everywhere after a second`() async throws {
        try await withShortenerFleet(of: 2) { _, services in
            let start = ContinuousClock.now
            let link = try await services[0].shorten("https://example.org/brief", #""expiresInSeconds":1"#)
            let created = ContinuousClock.now
            var isOver = false
            while !isOver {
                for service in services {
                    for headers in [[], [("TE", "trailers")]] {
                        let asked = ContinuousClock.now
                        let reply = try await service.visit(link.id, headers: headers)
                        try #require([302, 410].contains(reply.status), "\(reply)")
                        if reply.status == 302 {
                            #expect(asked - created < .milliseconds(1100), "it should be over")
                        } else {
                            // The system clock, which decides, counts in milliseconds.
                            #expect(ContinuousClock.now - start > .milliseconds(990), "it should not be over")
                            isOver = true
                        }
                    }
                }
            }
            try await everywhere(services, "obeys") { try await $0.visit(link.id).status == 410 }
            #expect(try await services[0].request("GET", "/v1/links/\(link.id)").json(LinkBody.self) == link)
        }
    }
}
