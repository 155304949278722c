import TestSupport
import Testing

@testable import NewsFeedComparison

@Suite("What users do")
struct WorkloadTests {
    @Test("The same with the same seed; as much as asked for; only who follows somebody reads")
    func workload() {
        let graph = FollowGraph.synthetic(users: 300, seed: 3)
        let workload = Workload(graph: graph, posts: 123, reads: 777, seed: 5)
        let again = Workload(graph: graph, posts: 123, reads: 777, seed: 5)
        let other = Workload(graph: graph, posts: 123, reads: 777, seed: 6)
        func work(_ workload: Workload) -> [[Int32]] { workload.turns.flatMap { [Array($0.authors), Array($0.readers)] } }
        #expect(work(workload) == work(again) && workload.earlierAuthors == again.earlierAuthors)
        #expect(work(workload) != work(other))
        let measured = workload.turns[workload.pilotTurns...]
        #expect(measured.reduce(0) { $0 + $1.authors.count } == 123)
        #expect(measured.reduce(0) { $0 + $1.readers.count } == 777)
        #expect(workload.pilotTurns > 0)
        let readers = Set(workload.turns.flatMap { Array($0.readers) })
        #expect(workload.readers == readers.sorted())
        #expect(readers.allSatisfy { !graph.followed[Int($0)].isEmpty })
        #expect(Set(workload.earlierAuthors).count == graph.userCount)
    }

    @Test("The least work there is", arguments: [1, 2, 3])
    func least(count: Int) {
        let workload = Workload(graph: .synthetic(users: 2, seed: 1), posts: count, reads: 1, seed: 1)
        #expect(workload.turns[workload.pilotTurns...].reduce(0) { $0 + $1.authors.count } == count)
        #expect(workload.readers == [1])
    }

    @Test("Users are drawn by their shares; few do much")
    func shares() {
        var random = ReproducibleRandom(seed: 1)
        let activity = Activity(userCount: 50, exponent: 1.5, isActive: { $0 != 0 && $0 != 49 }, random: &random)
        #expect(abs(activity.shares.reduce(0, +) - 1) < 1e-9)
        var counts = Array(repeating: 0, count: 50)
        for _ in 0..<200_000 { counts[Int(activity.draw(&random))] += 1 }
        #expect(counts[0] == 0 && counts[49] == 0)
        for (share, count) in zip(activity.shares, counts) {
            #expect(abs(share - Double(count) / 200_000) < 0.01, "\(share) \(count)")
        }
        let many = Activity(userCount: 20_000, exponent: Workload.postingExponent, random: &random)
        let fewer = Activity(userCount: 20_000, exponent: Workload.readingExponent, random: &random)
        #expect(many.shareOfBusiestHundredth > 2 * fewer.shareOfBusiestHundredth)
    }

    @Test("Random numbers are in their range")
    func random() {
        var random = ReproducibleRandom(seed: 9)
        var seen: Set<Int> = []
        for _ in 0..<1000 {
            seen.insert(random.below(7))
            let unit = random.unit()
            #expect(unit > 0 && unit <= 1)
        }
        #expect(seen == Set(0..<7))
    }
}

@Suite("The rule for pairs")
struct PairRuleTests {
    @Test("No other choice for any pair makes the whole cheaper: all of them are tried")
    func bruteForce() {
        var random = SeededGenerator()
        for _ in 0..<200 {
            let users = 3
            let (posts, reads) = (rates(users, &random), rates(users, &random))
            let (push, pull) = (Double.random(in: 0.1...10, using: &random), Double.random(in: 0.1...10, using: &random))
            let pairs = (0..<users).flatMap { author in (0..<users).filter { $0 != author }.map { (author, $0) } }
            func cost(_ pushes: (Int) -> Bool) -> Double {
                pairs.indices.reduce(0) { $0 + (pushes($1) ? posts[pairs[$1].0] * push : reads[pairs[$1].1] * pull) }
            }
            let rule = PairRule(postRates: posts, readRates: reads, costRatio: push / pull)
            let chosen = cost { rule.pushes(author: pairs[$0].0, follower: pairs[$0].1) }
            let least = (0..<(1 << pairs.count)).map { choice in cost { choice >> $0 & 1 == 1 } }.min() ?? 0
            #expect(abs(chosen - least) < 1e-9, "\(random)")
        }
    }

    private func rates(_ count: Int, _ random: inout SeededGenerator) -> [Double] {
        (0..<count).map { _ in Bool.random(using: &random) ? Double.random(in: 0...5, using: &random) : 0 }
    }

    @Test("What a push and a pull cost comes from whole runs of both")
    func costs() throws {
        // 40 entries for 200 µs; 50 lists for 25 µs.
        let push = outcome(.push, cpuPerPost: 300, cpuPerRead: 60, writesPerPost: 42, commandsPerRead: 90)
        let pull = outcome(.pull, cpuPerPost: 100, cpuPerRead: 85, writesPerPost: 2, commandsPerRead: 140)
        let costs = try #require(PairCosts([push, pull]))
        #expect(costs.push == 5 && costs.pull == 0.5 && costs.ratio == 10)
        #expect(PairCosts([push]) == nil && PairCosts([]) == nil && PairCosts([push, push]) == nil)
        // Noise: pulling cannot be cheaper to read.
        #expect(PairCosts([push, outcome(.pull, cpuPerPost: 100, cpuPerRead: 59, commandsPerRead: 140)]) == nil)
    }
}
