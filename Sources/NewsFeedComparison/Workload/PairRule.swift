/// Whether to push, for each author and follower by themselves: push to whoever reads often enough for how often the author posts
/// (Silberstein, Terrace, Cooper, Ramakrishnan: Feeding Frenzy, SIGMOD 2010).
///
/// Pushing costs something for each post, pulling for each read, and no other pair is concerned: so each pair's cheaper side makes
/// the cheapest whole.
struct PairRule: Sendable {
    /// Posts of each user in some time.
    let postRates: [Double]
    /// Reads of each user in the same time.
    let readRates: [Double]
    /// What it costs to push one post to one follower, by what it costs to pull one author in one read.
    let costRatio: Double

    func pushes(author: Int, follower: Int) -> Bool {
        readRates[follower] >= costRatio * postRates[author]
    }
}

extension PairRule {
    init(_ workload: Workload, costRatio: Double) {
        postRates = workload.posting.shares
        readRates = workload.reading.shares.map { $0 * workload.readsPerPost }
        self.costRatio = costRatio
    }
}
