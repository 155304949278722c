/// What users do: the same for each strategy, in the same order.
public struct Workload: Sendable {
    /// Posts first, then reads.
    struct Turn: Sendable {
        let authors: ArraySlice<Int32>
        let readers: ArraySlice<Int32>
    }

    /// What was posted long before, so that pages are as full as they will be, and every author's list holds something.
    let earlierAuthors: [Int32]
    let turns: [Turn]
    /// So many of them, the first, are not measured.
    let pilotTurns: Int
    /// Who reads at all, and so has a timeline; ascending.
    let readers: [Int32]
    /// That are measured.
    let postCount: Int
    /// That are measured.
    let readCount: Int
    /// For each user how much of all that is posted, and of all that is read, is his.
    let posting: Activity
    let reading: Activity
    let readsPerPost: Double
    let seed: UInt64

    /// Posting is skewed more than reading: few write much. Who follows nobody reads nothing.
    static let postingExponent = 1.5
    static let readingExponent = 3.0
    private static let measuredTurnsAtMost = 50
    private static let pilotTurnsAtMost = 5

    /// - Parameters:
    ///   - posts: that are measured, above 0.
    ///   - reads: above 0.
    ///   - readsPerPost: what costs are weighed by; nil: as measured.
    public init(graph: FollowGraph, posts: Int, reads: Int, readsPerPost: Double? = nil, seed: UInt64) {
        var random = ReproducibleRandom(seed: seed)
        let count = graph.userCount
        posting = Activity(userCount: count, exponent: Self.postingExponent, random: &random)
        reading = Activity(
            userCount: count, exponent: Self.readingExponent, isActive: { !graph.followed[$0].isEmpty }, random: &random)
        earlierAuthors = Self.earlierAuthors(posting, &random)
        // A tenth of the work, by which strategies warm up.
        let (pilotPosts, pilotReads) = ((posts + 9) / 10, (reads + 9) / 10)
        let authors = (0..<(pilotPosts + posts)).map { [posting] _ in posting.draw(&random) }
        let readers = (0..<(pilotReads + reads)).map { [reading] _ in reading.draw(&random) }
        let (pilotAuthors, pilotReaders) = (authors[..<pilotPosts], readers[..<pilotReads])
        let pilot = Self.turns(pilotAuthors, pilotReaders, count: min(Self.pilotTurnsAtMost, pilotPosts))
        let measured = Self.turns(
            authors[pilotPosts...], readers[pilotReads...], count: min(Self.measuredTurnsAtMost, posts))
        (turns, pilotTurns) = (pilot + measured, pilot.count)
        self.readers = Set(readers).sorted()
        (postCount, readCount, self.seed) = (posts, reads, seed)
        self.readsPerPost = readsPerPost ?? Double(reads) / Double(posts)
    }

    private static func turns(_ authors: ArraySlice<Int32>, _ readers: ArraySlice<Int32>, count: Int) -> [Turn] {
        func part(_ all: ArraySlice<Int32>, _ turn: Int) -> ArraySlice<Int32> {
            all[(all.startIndex + all.count * turn / count)..<(all.startIndex + all.count * (turn + 1) / count)]
        }
        return (0..<count).map { Turn(authors: part(authors, $0), readers: part(readers, $0)) }
    }

    private static let earlierPostsPerUser = 10
    /// More would not fit into a comparison's memory.
    private static let mostEarlierPosts = 200_000

    /// Everybody by his share, and at least once; in random order.
    private static func earlierAuthors(_ posting: Activity, _ random: inout ReproducibleRandom) -> [Int32] {
        let total = Double(min(mostEarlierPosts, earlierPostsPerUser * posting.shares.count))
        var authors = posting.shares.indices.flatMap { user in
            Array(repeating: Int32(user), count: max(1, Int(posting.shares[user] * total)))
        }
        for index in authors.indices.dropFirst() { authors.swapAt(index, random.below(index + 1)) }
        return authors
    }
}
