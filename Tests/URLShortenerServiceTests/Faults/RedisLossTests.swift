import EmbeddedRedis
import Redis
import TestSupport
import Testing

/// Redis goes, and comes back: what is known goes on, what is not waits, and all is well again without a restart.
@Suite(.slots(2), .serialized)
struct RedisLossTests {
    @Test func `without Redis known links go on, unknown ones get 503, and readiness says so`() async throws {
        try await withShortenerFleet(of: 2, durability: .always) { server, services in
            let known = try await services[0].shorten("https://example.org/known")
            let other = try await services[0].shorten("https://example.org/other")
            let counted = try await services[0].shorten("https://example.org/counted", #""maxVisits":100000"#)
            for _ in 0..<2 {
                // Known is what was read since Redis is there.
                for service in services {
                    for id in [known.id, counted.id] { #expect(try await service.visit(id).status == 302) }
                }
                await server.kill()
                // While it is being noticed, too.
                let visitors = try await Visitors.visit([known.id], at: services[0]) { visitors in
                    try await visitors.keepsOn()
                    for service in services { try await service.becomesUnready() }
                    try await visitors.keepsOn()
                }
                #expect(visitors.refused.isEmpty)
                for service in services {
                    for headers in [[], [("Connection", "close")]] {
                        #expect(try await service.visit(known.id, headers: headers)["Location"] == "https://example.org/known")
                        #expect(try await service.visit(known.id, "HEAD", headers: headers).status == 302)
                        for id in [other.id, counted.id, "unknown"] {
                            let reply = try await service.visit(id, headers: headers)
                            try expectProblem(reply, 503)
                            #expect(reply["Location"] == nil)
                        }
                    }
                    try expectProblem(try await service.send("POST", "/shorten", newLink("https://example.org")), 503)
                    let batch = try await service.send("POST", "/v1/links/batch", #"{"links":[{"url":"https://example.org"}]}"#)
                    let statuses = batch.status == 200 ? try batch.json(BatchBody.self).results.map(\.status) : [batch.status]
                    #expect(statuses == [503], "\(batch)")
                    for path in ["/v1/links/\(known.id)", "/v1/links/\(known.id)/stats"] {
                        try expectProblem(try await service.request("GET", path), 503)
                    }
                }
                try await server.restart()
                for service in services { try await service.becomesReady() }
                try await everywhere(services, "works again") { service in
                    let isThere = try await service.visit(counted.id).status == 302
                    return try await service.visit("unknown").status == 404 && isThere
                }
                _ = try await services[1].shorten("https://example.org/after")
            }
            #expect(try await services[1].destination(of: other.id) == "https://example.org/other")
        }
    }

    @Test func `visits that were answered without Redis are counted when it is back`() async throws {
        try await withShortenerFleet(of: 1, durability: .always) { server, services in
            let link = try await services[0].shorten("https://example.org")
            #expect(try await services[0].visit(link.id).status == 302)
            let visitors = try await Visitors.visit([link.id], at: services[0]) { visitors in
                for _ in 0..<2 {
                    await server.kill()
                    try await services[0].becomesUnready()
                    try await visitors.keepsOn()
                    try await server.restart()
                    try await services[0].becomesReady()
                    try await visitors.keepsOn()
                }
            }
            try await eventually("each visit is counted", within: .seconds(20)) {
                try await services[0].statistics(of: link.id).visits >= visitors.redirected + 1
            }
            try await allIsCounted(on: server)
            #expect(try await services[0].statistics(of: link.id).visits == visitors.redirected + 1)
        }
    }

    @Test(arguments: ["PATCH", "DELETE"])
    func `a link that was changed just before Redis went is not served as it was`(_ method: String) async throws {
        try await withShortenerFleet(of: 2, durability: .always) { server, services in
            let link = try await services[0].shorten("https://example.org/old", headers: user("alice"))
            for service in services { #expect(try await service.visit(link.id).status == 302) }
            let body = method == "PATCH" ? try newLink("https://example.org/new") : nil
            let change = try await services[0].request(method, "/v1/links/\(link.id)", headers: user("alice"), body: body)
            #expect([200, 204].contains(change.status), "\(change)")
            // Once Redis has answered this it has told everybody of the change.
            try await withClient(of: server) { redis in
                for _ in 0..<8 { try await redis.ping() }
            }
            await server.kill()
            try await everywhere(services, "does not serve the old one", within: .seconds(4)) {
                try await $0.visit(link.id)["Location"] != "https://example.org/old"
            }
            for service in services {
                try await service.becomesUnready()
                #expect(try await service.visit(link.id)["Location"] != "https://example.org/old")
            }
        }
    }

    @Test func `without Redis at the start it runs, and is ready once Redis is there`() async throws {
        try await withTemporaryFolder { folder in
            try await withService(.urlShortener, ["--redis", "redis+unix://\(folder)/redis.sock"]) { service in
                try await service.becomesUnready()
                try expectProblem(try await service.visit("abc"), 503)
                try expectProblem(try await service.send("POST", "/shorten", newLink("https://example.org")), 503)
                let server = try await EmbeddedRedis.start(.init(directory: folder))
                try await service.becomesReady()
                let link = try await service.shorten("https://example.org")
                #expect(try await service.destination(of: link.id) == "https://example.org")
                await server.stop()
            }
        }
    }

    @Test func `a silent Redis holds no known link up, and what it says late does no harm`() async throws {
        try await withShortenerFleet(of: 2) { server, services in
            let link = try await services[0].shorten("https://example.org/1", headers: user("alice"))
            for service in services { #expect(try await service.visit(link.id).status == 302) }
            server.pause()
            let visitors = try await Visitors.visit([link.id], at: services[0]) { visitors in
                for service in services { try await service.becomesUnready() }
                try await visitors.keepsOn()
                try expectProblem(try await services[1].visit("unknown"), 503)
                server.resume()
                for service in services { try await service.becomesReady() }
            }
            #expect(visitors.refused.isEmpty)
            let change = try await services[1].send(
                "PATCH", "/v1/links/\(link.id)", newLink("https://example.org/2"), headers: user("alice"))
            #expect(change.status == 200, "\(change)")
            try await everywhere(services, "obeys") { try await $0.destination(of: link.id) == "https://example.org/2" }
        }
    }
}
