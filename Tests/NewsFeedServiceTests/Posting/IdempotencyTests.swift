import TestSupport
import Testing

/// A post that is sent again under its key is one post, with the first answer, wherever it is sent.
@Suite(.slots(2), .serialized)
struct IdempotencyTests {
    private func key(_ key: String) -> [(String, String)] { [("Idempotency-Key", key)] }

    @Test func `the same key gives the same answer from any instance, and for another post 409`() async throws {
        try await withFeedFleet { _, services in
            let first = try await services[0].ask("POST", "/v1/posts", as: "ann", newPost("one"), headers: key("k 1"))
            for service in services {
                let again = try await service.ask("POST", "/v1/posts", as: "ann", newPost("one"), headers: key("k 1"))
                #expect(again.status == 202 && again.text == first.text)
                for body in [try newPost("two"), try newPost("one", #""mediaUrls":["http://a.example/"]"#)] {
                    let other = try await service.ask("POST", "/v1/posts", as: "ann", body, headers: key("k 1"))
                    try expectProblem(other, 409, "Idempotency-Key")
                }
            }
            // The key is the user's own.
            #expect(try await services[1].post("bob", "two", headers: key("k 1")).id != first.json(AcceptedBody.self).id)
            try await services[0].settles()
            #expect(try await services[0].feed(of: "ann").map(\.text) == ["one"])
            #expect(try await services[0].feed(of: "bob").map(\.text) == ["two"])
        }
    }

    @Test func `many at once are one post`() async throws {
        try await withFeedFleet { _, services in
            try await services[0].follow("reader", "ann")
            let ids = try await withThrowingTaskGroup { group in
                for index in 0..<24 {
                    group.addTask {
                        try await services[index % 2].post("ann", "text \(index / 8)", headers: key("key \(index / 8)")).id
                    }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(ids.count == 3)
            try await services[0].settles()
            for name in ["ann", "reader"] {
                let feed = try await services[1].feed(of: name)
                #expect(feed.count == 3 && Set(feed.map(\.id)) == ids)
            }
        }
    }
}
