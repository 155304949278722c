extension FollowGraph {
    /// A graph with celebrities, made up: users come one after the other, and follow others the more likely the more follow these
    /// already (preferential attachment). Numbers of followers then fall off as a power law, with an exponent near 2.25.
    ///
    /// The same for the same arguments.
    /// - Parameters:
    ///   - users: above 1.
    ///   - followedPerUser: whom each user follows, or all before him if these are fewer; above 0.
    public static func synthetic(users: Int, followedPerUser: Int = 30, seed: UInt64) -> FollowGraph {
        var random = ReproducibleRandom(seed: seed)
        // One for each user to begin with, and one for each follower: drawing one draws users by their followers.
        var tickets: [Int32] = []
        let ownTickets = max(1, followedPerUser / 4)
        var edges: [Edge] = []
        for user in 0..<Int32(users) {
            var chosen: Set<Int32> = []
            if Int(user) <= followedPerUser {
                chosen = Set(0..<user)
            } else {
                while chosen.count < followedPerUser { chosen.insert(tickets[random.below(tickets.count)]) }
            }
            for followee in chosen.sorted() {
                edges.append(Edge(follower: user, followee: followee))
                tickets.append(followee)
            }
            tickets += Array(repeating: user, count: ownTickets)
        }
        return FollowGraph(name: "synthetic graph, seed \(seed)", isSynthetic: true, userCount: users, edges: edges)
    }
}
