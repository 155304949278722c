/// What users do: the same for each strategy, in the same order.
public struct Workload: Sendable {
    /// Posts first, then reads.
    struct Turn: Sendable {
        let authors: ArraySlice<Int32>
        let readers: ArraySlice<Int32>
    }

    /// What is posted before anything is measured, so that timelines are not empty.
    let earlierAuthors: [Int32]
    let turns: [Turn]
    /// Who reads at all, and so has a timeline; ascending.
    let readers: [Int32]
    let postCount: Int
    let readCount: Int
    /// For each user how much of all that is posted, and of all that is read, is his.
    let posting: Activity
    let reading: Activity
    let readsPerPost: Double
    let seed: UInt64

    /// Posting is skewed more than reading: few write much. Who follows nobody reads nothing.
    static let postingExponent = 1.5
    static let readingExponent = 3.0
    private static let mostTurns = 50

    /// - Parameters:
    ///   - posts: that are measured, above 0; as many are posted before.
    ///   - reads: above 0.
    ///   - readsPerPost: what costs are weighed by; nil: as measured.
    public init(graph: FollowGraph, posts: Int, reads: Int, readsPerPost: Double? = nil, seed: UInt64) {
        var random = ReproducibleRandom(seed: seed)
        let count = graph.userCount
        posting = Activity(userCount: count, exponent: Self.postingExponent, random: &random)
        reading = Activity(
            userCount: count, exponent: Self.readingExponent, isActive: { !graph.followed[$0].isEmpty }, random: &random)
        earlierAuthors = (0..<posts).map { [posting] _ in posting.draw(&random) }
        let authors = (0..<posts).map { [posting] _ in posting.draw(&random) }
        let readers = (0..<reads).map { [reading] _ in reading.draw(&random) }
        let turnCount = min(Self.mostTurns, posts)
        turns = (0..<turnCount).map { turn in
            Turn(
                authors: authors[(posts * turn / turnCount)..<(posts * (turn + 1) / turnCount)],
                readers: readers[(reads * turn / turnCount)..<(reads * (turn + 1) / turnCount)])
        }
        self.readers = Set(readers).sorted()
        (postCount, readCount, self.seed) = (posts, reads, seed)
        self.readsPerPost = readsPerPost ?? Double(reads) / Double(posts)
    }
}
