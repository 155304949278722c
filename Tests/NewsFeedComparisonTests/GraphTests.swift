import Foundation
import TestSupport
import Testing

@testable import NewsFeedComparison

@Suite("Graphs")
struct GraphTests {
    @Test("Counts are those of brute force; what is said twice or of oneself is left out")
    func counts() {
        var random = SeededGenerator()
        for _ in 0..<50 {
            let users = Int.random(in: 2...12, using: &random)
            let pairs = (0..<Int.random(in: 1...60, using: &random)).map { _ in
                (Int32.random(in: 0..<Int32(users), using: &random), Int32.random(in: 0..<Int32(users), using: &random))
            }
            let graph = FollowGraph(
                name: "", isSynthetic: false, userCount: users, edges: pairs.map { .init(follower: $0.0, followee: $0.1) })
            let distinct = Set(pairs.filter { $0.0 != $0.1 }.map { [$0.0, $0.1] })
            for user in 0..<users {
                #expect(graph.followerCounts[user] == distinct.count { $0[1] == Int32(user) })
                #expect(graph.followed[user] == distinct.filter { $0[0] == Int32(user) }.map { $0[1] }.sorted())
            }
            #expect(graph.edgeCount == distinct.count && graph.ignoredEdges == pairs.count - distinct.count)
            for share in ComparisonOutcome.Graph(graph).followers {
                #expect(share.users == graph.followerCounts.count { $0 >= share.followers })
            }
        }
    }

    @Test("A file is read in one direction, or in both")
    func file() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/<edges>.txt"
            try Data("a b\nb a\na c\n".utf8).write(to: URL(filePath: path))
            let graph = try FollowGraph(edgeList: path)
            #expect(graph.name == "<edges>.txt" && !graph.isSynthetic)
            #expect(graph.followed == [[1, 2], [0], []])
            #expect(try FollowGraph(edgeList: path, isUndirected: true).followed == [[1, 2], [0], [0]])
        }
    }

    @Test("What is no file, and what is no graph")
    func noFile() async throws {
        try await withTemporaryFolder { folder in
            func code(_ name: String, _ text: String? = nil) -> ComparisonError.Code? {
                let path = folder + "/" + name
                if let text { #expect(FileManager.default.createFile(atPath: path, contents: Data(text.utf8))) }
                do throws(ComparisonError) {
                    _ = try FollowGraph(edgeList: path)
                    return nil
                } catch {
                    #expect(error.message.contains(path), "\(error)")
                    return error.code
                }
            }
            #expect(code("missing") == .noInput)
            #expect(code("") == .noInput)
            #expect(code("file", "a b\nc\n") == .invalidGraph)
            #expect(code("file", "# nothing\n") == .invalidGraph)
            #expect(code("file", "a a\n") == .invalidGraph)
            #expect(code("file/below") == .noInput)
            #expect(code("file", "a b\n") == nil)
        }
    }

    @Test("A synthetic graph has celebrities, is labelled, and comes again with its seed")
    func synthetic() {
        let graph = FollowGraph.synthetic(users: 3000, followedPerUser: 20, seed: 7)
        #expect(graph == .synthetic(users: 3000, followedPerUser: 20, seed: 7))
        #expect(graph != .synthetic(users: 3000, followedPerUser: 20, seed: 8))
        #expect(graph.isSynthetic && graph.name.contains("synthetic"))
        #expect(graph.userCount == 3000 && graph.ignoredEdges == 0)
        #expect(graph.followed.dropFirst(21).allSatisfy { $0.count == 20 })
        for (user, followed) in graph.followed.enumerated() {
            #expect(Set(followed).count == followed.count && !followed.contains(Int32(user)))
        }
        // A tenth more followers means fewer users by a power of it: straight where both are logarithms.
        #expect(graph.mostFollowers > 50 * graph.followers(at: 0.5))
        let sorted = graph.followerCounts.sorted(by: >)
        #expect(sorted.prefix(30).reduce(0, +) * 5 > graph.edgeCount, "a hundredth has more than a fifth of all followers")
        let exponents = [(40, 160), (80, 320), (160, 640)].map { low, high in
            let (more, fewer) = (sorted.count { $0 >= low }, sorted.count { $0 >= high })
            return log(Double(more) / Double(max(1, fewer))) / log(Double(high) / Double(low))
        }
        #expect(exponents.allSatisfy { (0.8...2).contains($0) }, "\(exponents)")
        #expect(FollowGraph.synthetic(users: 2, seed: 1).followed == [[], [0]])
    }

    @Test("Thresholds lie among the numbers of followers")
    func thresholds() {
        let graph = FollowGraph.synthetic(users: 1000, seed: 1)
        let thresholds = graph.typicalThresholds
        #expect((3...5).contains(thresholds.count) && thresholds == thresholds.sorted())
        #expect(thresholds.allSatisfy { $0 > 1 && $0 <= graph.mostFollowers })
        #expect(FollowGraph.synthetic(users: 2, seed: 1).typicalThresholds == [2])
    }
}
