import EmbeddedRedis
import Redis
import TestSupport
import Testing

/// The connection on which Redis tells of changes is cut while links change: nobody serves the old one for long.
@Suite(.slots(3), .serialized)
struct CutInvalidationTests {
    /// Promised are 2 s; a busy machine has twice that.
    private static let bound = Duration.seconds(4)

    @Test func `a change is obeyed though the connection that tells it is cut`() async throws {
        try await withShortenerFleet(of: 2) { server, services in
            try await withClient(of: server) { redis in
                let link = try await services[0].shorten("https://example.org/0", headers: user("alice"))
                for round in 1...8 {
                    try await everywhere(services, "redirects") {
                        try await $0.destination(of: link.id) == "https://example.org/\(round - 1)"
                    }
                    let tracking = try await trackingConnections(redis)
                    #expect(tracking.count == services.count)
                    let body = try newLink("https://example.org/\(round)")
                    async let change = services[round % 2].send("PATCH", "/v1/links/\(link.id)", body, headers: user("alice"))
                    for identifier in tracking {
                        _ = try await redis.send(RedisCommand("CLIENT", "KILL", "ID", identifier)).decode() as Int
                    }
                    #expect(try await change.status == 200)
                    try await everywhere(services, "obeys", within: Self.bound) {
                        try await $0.destination(of: link.id) == "https://example.org/\(round)"
                    }
                    try await eventually("all are told of changes again") {
                        try await trackingConnections(redis).count == services.count
                    }
                }
            }
        }
    }

    @Test func `what was deleted while the connection was cut does not come back when Redis is silent`() async throws {
        try await withShortenerFleet(of: 1) { server, services in
            let link = try await services[0].shorten("https://example.org")
            #expect(try await services[0].visit(link.id).status == 302)
            try await withClient(of: server) { redis in
                // In one step, so that the deletion is surely not heard of.
                _ = try await redis.transaction([
                    RedisCommand("CLIENT", "KILL", "TYPE", "pubsub"),
                    RedisCommand("SET", "url-shortener:link:{\(link.id)}", "0 1 2 0 -\n"),
                ])
                try await eventually("the service hears of changes again", within: .seconds(30)) {
                    try await trackingConnections(redis).count == 1
                }
            }
            try await services[0].becomesReady()
            server.pause()
            defer { server.resume() }
            for _ in 0..<3 { try expectProblem(try await services[0].visit(link.id), 503) }
        }
    }

    /// Promised are 100 ms where nothing is cut.
    @Test(arguments: [(isCut: false, bound: Duration.seconds(1)), (true, bound)])
    func `no instance of three serves the old one after the bound`(_ isCut: Bool, _ bound: Duration) async throws {
        var random = SeededGenerator()
        try await withShortenerFleet(of: 3) { server, services in
            for _ in 0..<2 {
                let link = try await services[0].shorten("https://example.org/0", headers: user("alice"))
                let history = EditHistory(bound: bound)
                try await withThrowingTaskGroup { group in
                    for service in services {
                        for headers in [[], [("TE", "trailers")]] {
                            group.addTask { try await history.follow(link.id, at: service, headers: headers) }
                        }
                    }
                    for version in 1...40 {
                        let editor = random.pick(services)
                        if isCut, version % 5 == 0 {
                            try await withClient(of: server) { redis in
                                for identifier in try await trackingConnections(redis) where Bool.random(using: &random) {
                                    _ = try await redis.send(RedisCommand("CLIENT", "KILL", "ID", identifier)).decode() as Int
                                }
                            }
                        }
                        let body = try newLink("https://example.org/\(version)")
                        let reply = try await editor.send("PATCH", "/v1/links/\(link.id)", body, headers: user("alice"))
                        #expect(reply.status == 200, "\(random): \(reply)")
                        history.note(version)
                        try await history.isSeen(in: services.count * 20)
                    }
                    let reply = try await random.pick(services).request("DELETE", "/v1/links/\(link.id)", headers: user("alice"))
                    #expect(reply.status == 204, "\(random): \(reply)")
                    history.note(.max)
                    // Each follows until it is gone.
                    try await group.waitForAll()
                }
                #expect(history.staleAnswers == [], "\(random)")
            }
        }
    }

    /// Those that have redirected what they track.
    private func trackingConnections(_ redis: RedisClient) async throws -> [Int] {
        let list: String = try await redis.send(RedisCommand("CLIENT", "LIST")).decode()
        return list.split(separator: "\n").compactMap { line in
            guard let redirect = line.firstMatch(of: #/ redir=(\d+)/#) else { return nil }
            return Int(redirect.1)
        }
    }
}
