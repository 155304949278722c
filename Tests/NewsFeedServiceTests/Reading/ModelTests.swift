import TestSupport
import Testing

/// Feeds are what a model in memory says, after whatever has been done, at whichever instance.
@Suite(.slots(2), .serialized)
struct ModelTests {
    /// What there is to know.
    private struct Model {
        var posts: [(id: String, author: String)] = []
        var followed: [String: Set<String>] = [:]

        func feed(of name: String) -> [String] {
            posts.filter { $0.author == name || followed[name, default: []].contains($0.author) }.map(\.id)
        }
    }

    @Test(arguments: zip(["push", "pull", "hybrid"], [11, 12, 13] as [UInt64]))
    func `posts, follows and deletions at random`(_ strategy: String, _ seed: UInt64) async throws {
        let arguments = ["--strategy", strategy, "--celebrity-threshold", "3", "--timeline-length", "8"]
        try await withFeedFleet(arguments) { _, services in
            var random = SeededGenerator(seed: seed)
            var model = Model()
            let names = ["ann", "bob", "carl", "dora", "eve"]
            for _ in 0..<3 {
                for _ in 0..<50 {
                    let service = services[Int.random(in: 0..<2, using: &random)]
                    let name = names[Int.random(in: 0..<names.count, using: &random)]
                    let other = names[Int.random(in: 0..<names.count, using: &random)]
                    switch Int.random(in: 0..<10, using: &random) {
                    case 0..<5: model.posts.insert((try await service.post(name).id, name), at: 0)
                    case 5..<7 where name != other:
                        try await service.follow(name, other)
                        model.followed[name, default: []].insert(other)
                    case 7 where name != other:
                        try await service.unfollow(name, other)
                        model.followed[name, default: []].remove(other)
                    case 8 where !model.posts.isEmpty:
                        let post = model.posts.remove(at: Int.random(in: model.posts.indices, using: &random))
                        try await service.change("DELETE", "/v1/posts/\(post.id)", as: post.author)
                    default: _ = try await service.feed(of: name, limit: 3)
                    }
                }
                try await services[0].settles()
                for (index, name) in names.enumerated() {
                    let limit = Int.random(in: 1...9, using: &random)
                    #expect(try await services[index % 2].feed(of: name, limit: limit).map(\.id) == model.feed(of: name))
                }
            }
        }
    }
}
