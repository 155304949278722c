/// Who follows whom. Users are numbers from 0: what they are called changes no cost, and no name of a stranger's file goes further.
public struct FollowGraph: Sendable, Hashable {
    /// What it is called, for people; control characters made visible.
    public let name: String
    /// Whether it was made up.
    public let isSynthetic: Bool
    /// For each user whom he follows, ascending, nobody twice and not himself.
    public let followed: [[Int32]]
    /// For each user how many follow him.
    public let followerCounts: [Int]
    public let edgeCount: Int
    /// Edges that were left out: said before, or from a user to himself.
    public let ignoredEdges: Int

    public var userCount: Int { followed.count }
    public var mostFollowers: Int { followerCounts.max() ?? 0 }

    /// More would not fit into a comparison's memory.
    static let maximumEdges = 2_000_000

    /// - Parameter edges: follower and followee, each below `userCount`, in any order.
    init(name: String, isSynthetic: Bool, userCount: Int, edges: [Edge]) {
        (self.name, self.isSynthetic) = (name, isSynthetic)
        var followed = Array(repeating: [Int32](), count: userCount)
        var followers = Array(repeating: 0, count: userCount)
        var last: Edge?
        var kept = 0
        for edge in edges.sorted() where edge != last && edge.follower != edge.followee {
            followed[Int(edge.follower)].append(edge.followee)
            followers[Int(edge.followee)] += 1
            kept += 1
            last = edge
        }
        (self.followed, followerCounts, edgeCount, ignoredEdges) = (followed, followers, kept, edges.count - kept)
    }

    struct Edge: Hashable, Comparable {
        let follower: Int32
        let followee: Int32

        static func < (left: Edge, right: Edge) -> Bool {
            (left.follower, left.followee) < (right.follower, right.followee)
        }
    }

    /// So many followers has the user at this share of those who are followed at all, from the least followed up.
    /// - Parameter share: 0 to 1.
    public func followers(at share: Double) -> Int {
        let counts = followerCounts.filter { $0 > 0 }.sorted()
        guard !counts.isEmpty else { return 0 }
        return counts[min(counts.count - 1, Int(share * Double(counts.count)))]
    }

    /// Thresholds that are worth a look: each leaves a smaller part of those who are followed above it.
    public var typicalThresholds: [Int] {
        let thresholds = Set([0.5, 0.75, 0.9, 0.97, 0.995].map { followers(at: $0) })
        let useful = thresholds.filter { $0 > 1 }.sorted()
        return useful.isEmpty ? [2] : useful
    }
}
