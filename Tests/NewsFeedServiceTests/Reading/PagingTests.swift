import TestSupport
import Testing

/// Page by page through lists that others change meanwhile.
@Suite(.slots(2), .serialized)
struct PagingTests {
    @Test func `no duplicate and no gap, from any instance, past the timeline's length, whatever comes meanwhile`() async throws {
        try await withFeedFleet(["--timeline-length", "10", "--celebrity-threshold", "2"]) { _, services in
            // Of star posts are merged at reading, of the others they are pushed.
            for author in ["star", "ann", "bob"] { try await services[0].follow("reader", author) }
            try await services[0].follow("other", "star")
            #expect(try await services[0].feed(of: "reader").isEmpty)
            var posted: [String] = []
            for number in 0..<60 {
                let author = ["star", "ann", "bob", "reader"][number % 4]
                posted.insert(try await services[number % 2].post(author, "\(number)").id, at: 0)
            }
            try await services[0].settles()
            for limit in [1, 20, 59, 60, 100] {
                var seen: [String] = []
                var next: String? = ""
                var service = services[0]
                while let cursor = next {
                    let page: FeedBody = try await service.part("/v1/feed?limit=\(limit)&cursor=\(cursor)", as: "reader")
                    #expect(page.items.count == limit || page.nextCursor == nil)
                    seen += page.items.map(\.id)
                    next = page.nextCursor
                    service = services[seen.count / limit % 2]
                    if next != nil, seen.count < 5 { posted.insert(try await service.post("star", "new").id, at: 0) }
                }
                #expect(seen == posted.suffix(seen.count), "\(limit)")
                #expect(seen.count == Set(seen).count && seen.count >= 60)
                try await services[0].settles()
            }
            let page: FeedBody = try await services[1].part("/v1/feed", as: "reader")
            #expect(page.items.count == 20)
        }
    }

    @Test func `a cursor that was not issued here, or for another list, is 400; a limit out of range too`() async throws {
        try await withFeedFleet { _, services in
            for _ in 0..<3 { _ = try await services[0].post("ann") }
            let id = try await services[0].post("bob").id
            for text in ["one", "two"] {
                #expect(try await services[0].ask("POST", "/v1/posts/\(id)/comments", as: "ann", newPost(text)).status == 201)
            }
            for name in ["carl", "dora"] {
                try await services[0].follow("ann", name)
                try await services[0].follow(name, "bob")
            }
            let lists = [
                ("/v1/feed", "items"), ("/v1/users/ann/posts", "items"), ("/v1/posts/\(id)/comments", "comments"),
                ("/v1/users/ann/following", "users"), ("/v1/users/bob/followers", "users"),
            ]
            struct Next: Decodable { var nextCursor: String? }
            for (target, name) in lists {
                let reply = try await services[0].ask("GET", "\(target)?limit=1", as: "ann")
                #expect(reply.text.hasPrefix("{\"\(name)\":["), "\(reply)")
                let cursor = try #require(try reply.json(Next.self).nextCursor)
                #expect(try await services[1].ask("GET", "\(target)?cursor=\(cursor)", as: "ann").status == 200)
                let bad = [
                    "x", "0", "%00", String(cursor.dropLast()), cursor + "A",
                    (cursor.first == "A" ? "B" : "A") + cursor.dropFirst(), "\(cursor)%20",
                ]
                for cursor in bad + [String(repeating: "A", count: 5000)] {
                    let reply = try await services[1].ask("GET", "\(target)?cursor=\(cursor)", as: "ann")
                    try expectProblem(reply, 400, "cursor")
                }
                for (other, _) in lists where other != target {
                    try expectProblem(try await services[0].ask("GET", "\(other)?cursor=\(cursor)", as: "ann"), 400, "cursor")
                }
                for limit in ["0", "-1", "1001", "x", "", "1.5", "99999999999999999999"] {
                    let reply = try await services[0].ask("GET", "\(target)?limit=\(limit)", as: "ann")
                    try expectProblem(reply, 400, "limit")
                }
                #expect(try await services[0].ask("GET", "\(target)?limit=100&cursor=", as: "ann").status == 200)
            }
            let mine: FeedBody = try await services[0].part("/v1/feed?limit=1", as: "ann")
            let cursor = try #require(mine.nextCursor)
            try expectProblem(try await services[0].ask("GET", "/v1/feed?cursor=\(cursor)", as: "bob"), 400, "cursor")
            try expectProblem(try await services[0].ask("GET", "/v1/feed?limit=101", as: "ann"), 400, "limit")
        }
    }
}
