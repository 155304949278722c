import EmbeddedRedis
import TestSupport
import Testing

/// What one instance is told of what was done at another.
@Suite(.slots(2), .serialized)
struct LiveFleetTests {
    @Test func `it tells of whom one follows now, and of oneself, from any instance`() async throws {
        try await withFeedFleet(["--celebrity-threshold", "2"]) { _, services in
            let reader = try await services[0].listen(as: "reader")
            let other = try await services[1].listen(as: "other")
            for round in 0..<3 {
                // The very next post counts, of whoever is pushed or merged.
                try await services[round % 2].follow("reader", "ann \(round)")
                try await services[round % 2].follow("reader", "star")
                try await services[round % 2].follow("other", "star")
                for author in ["ann \(round)", "star", "reader"] {
                    let hidden = try await services[1].post("stranger").id
                    let id = try await services[(round + 1) % 2].post(author, "\"\n").id
                    let told = try await reader.text(through: "\"\(id)\"")
                    #expect(!told.contains(hidden))
                    // What is told of can be seen.
                    #expect(try await services[0].part("/v1/feed?limit=1", as: "reader", FeedBody.self).items.first?.id == id)
                    if author == "star" { _ = try await other.text(through: "\"\(id)\"") }
                }
                try await services[round % 2].unfollow("reader", "ann \(round)")
                let left = try await services[0].post("ann \(round)").id
                let own = try await services[0].post("reader").id
                #expect(try await !reader.text(through: "\"\(own)\"").contains(left))
            }
            let own = try await services[0].post("other").id
            let told = try await other.text(through: "\"\(own)\"")
            #expect(!told.contains("reader") && !told.contains("ann"))
        }
    }

    @Test func `it goes on when Redis was away`() async throws {
        try await withFeedFleet(durability: .always) { server, services in
            let listener = try await services[0].listen(as: "reader", patience: .seconds(2))
            try await services[1].follow("reader", "ann")
            await server.kill()
            for service in services { try await service.becomesUnready() }
            try await server.restart()
            for service in services { try await service.becomesReady() }
            // Each is a hint, and may be lost while some connection is not yet back.
            var told: String?
            for _ in 0..<20 where told == nil {
                _ = try await services[1].post("ann")
                told = try? await listener.text(through: "\"author\":\"ann\"")
            }
            #expect(told != nil)
        }
    }
}
