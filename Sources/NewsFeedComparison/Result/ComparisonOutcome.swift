import RedisMeasuring

/// What came of a comparison. As JSON it says everything that the table and the report say.
public struct ComparisonOutcome: Sendable, Encodable {
    public struct Graph: Sendable, Hashable, Encodable {
        /// So many users have at least so many followers.
        public struct Share: Sendable, Hashable, Encodable {
            public let followers: Int
            public let users: Int
        }

        public let name: String
        /// Whether it was made up.
        public let synthetic: Bool
        public let users: Int
        public let edges: Int
        /// Said before, or from a user to himself.
        public let ignoredEdges: Int
        /// Of those who are followed at all.
        public let medianFollowers: Int
        public let mostFollowers: Int
        /// From few followers to many.
        public let followers: [Share]

        init(_ graph: FollowGraph) {
            (name, synthetic, users, edges) = (graph.name, graph.isSynthetic, graph.userCount, graph.edgeCount)
            (ignoredEdges, mostFollowers, medianFollowers) = (graph.ignoredEdges, graph.mostFollowers, graph.followers(at: 0.5))
            var steps: [Int] = []
            var step = 1
            // Each a tenth above the one before: as fine as a drawing shows.
            while step < graph.mostFollowers {
                steps.append(step)
                step = max(step + 1, step * 11 / 10)
            }
            let sorted = graph.followerCounts.sorted()
            followers = (steps + [graph.mostFollowers]).map { count in
                var (low, high) = (0, sorted.count)
                while low < high {
                    let middle = (low + high) / 2
                    if sorted[middle] < count { low = middle + 1 } else { high = middle }
                }
                return Share(followers: count, users: sorted.count - low)
            }
        }
    }

    public struct Work: Sendable, Hashable, Encodable {
        public let seed: UInt64
        /// That were measured.
        public let posts: Int
        /// That were there before.
        public let earlierPosts: Int
        public let reads: Int
        /// What costs are weighed by.
        public let readsPerPost: Double
        /// Who read at all, and so had a timeline.
        public let readers: Int
        /// Posts on a page.
        public let pageSize: Int
        /// What the busiest hundredth of all users writes, of all posts: 0 to 1.
        public let postsOfBusiestHundredth: Double
        /// What the busiest hundredth of all users reads, of all pages: 0 to 1.
        public let readsOfBusiestHundredth: Double

        init(_ workload: Workload) {
            (seed, posts, reads) = (workload.seed, workload.postCount, workload.readCount)
            earlierPosts = workload.earlierAuthors.count
            readsPerPost = workload.readsPerPost.rounded(places: 3)
            (readers, pageSize) = (workload.readers.count, StrategySession.pageSize)
            postsOfBusiestHundredth = workload.posting.shareOfBusiestHundredth.rounded(places: 4)
            readsOfBusiestHundredth = workload.reading.shareOfBusiestHundredth.rounded(places: 4)
        }
    }

    public let graph: Graph
    public let workload: Work
    /// One for each strategy, in the order in which they were measured.
    public let results: [StrategyOutcome]
    public let recommendation: Recommendation
    /// What a push cost, by what a pull cost, as pairs were judged by; nil when they were not.
    public let pairCostRatio: Double?
    /// Whether all strategies showed the same pages. Otherwise one of them is wrong, or somebody else was there.
    public let samePages: Bool

    var curve: CostCurve? {
        CostCurve(results, readsPerPost: workload.readsPerPost, mostFollowers: graph.mostFollowers)
    }
}
