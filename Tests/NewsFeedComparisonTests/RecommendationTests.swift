import RedisMeasuring
import Testing

@testable import NewsFeedComparison

@Suite("Recommendations")
struct RecommendationTests {
    /// From pull to push posts become dearer and reads cheaper; in between is the cheapest.
    private let sweep = [
        outcome(.push, cpuPerPost: 500, cpuPerRead: 60), outcome(.pull, cpuPerPost: 100, cpuPerRead: 120),
        outcome(.hybrid(threshold: 10), cpuPerPost: 150, cpuPerRead: 100),
        outcome(.hybrid(threshold: 100), cpuPerPost: 200, cpuPerRead: 65),
    ]

    @Test("The cheapest for a post and its reads")
    func cheapest() {
        let best = recommendation(sweep)
        #expect(best.strategy == .hybrid(threshold: 100) && best.isWithinBounds)
        #expect(best.reason.contains("Hybrid 100 takes 850 µs"), "\(best.reason)")
        #expect(best.reason.contains("push 29 % more, pull 53 % more"), "\(best.reason)")
    }

    @Test("Whatever is beyond a bound is passed over, and said to be cheaper")
    func bounds() {
        let slow = sweep + [outcome(.hybrid(threshold: 50), cpuPerPost: 1, cpuPerRead: 1, readMs: 10.5)]
        let late = sweep + [outcome(.hybrid(threshold: 50), cpuPerPost: 1, cpuPerRead: 1, visibleMs: 1001)]
        for outcomes in [slow, late] {
            let best = recommendation(outcomes)
            #expect(best.strategy == .hybrid(threshold: 100) && best.isWithinBounds)
            #expect(best.reason.contains("Cheaper, but beyond the bounds: hybrid 50."), "\(best.reason)")
        }
    }

    @Test("When nothing keeps within the bounds, what comes nearest")
    func nothingWithin() {
        let best = recommendation([
            outcome(.push, readMs: 20, visibleMs: 5), outcome(.pull, cpuPerPost: 1, readMs: 30, visibleMs: 1),
        ])
        #expect(best.strategy == .push && !best.isWithinBounds)
        #expect(best.reason.contains("Nothing keeps within the bounds"))
    }

    @Test("A small difference is none: then the simpler")
    func noise() {
        // 700 and 730
        let close = [
            outcome(.hybrid(threshold: 9), cpuPerPost: 100, cpuPerRead: 60), outcome(.push, cpuPerPost: 130, cpuPerRead: 60),
        ]
        #expect(recommendation(close).strategy == .push)
        #expect(recommendation(close).reason.contains("Cheaper by less than 5 %, which is no difference: hybrid 9."))
        let far = [close[0], outcome(.push, cpuPerPost: 140, cpuPerRead: 60)]
        #expect(recommendation(far).strategy == .hybrid(threshold: 9))
        let hybrids = [outcome(.hybrid(threshold: 9), cpuPerPost: 101), outcome(.hybrid(threshold: 99), cpuPerPost: 100)]
        #expect(recommendation(hybrids).strategy == .hybrid(threshold: 99))
    }

    @Test("On a busy machine larger differences are none")
    func uncertain() {
        let outcomes = [
            outcome(.hybrid(threshold: 9), cpuPerPost: 100, cpuPerRead: 60, cpuOfReads: [40, 80, 50, 70]),
            outcome(.push, cpuPerPost: 180, cpuPerRead: 60),
        ]
        let best = recommendation(outcomes)
        #expect(abs(best.margin - 0.304) < 0.001 && best.strategy == .push, "\(best)")
        #expect(best.reason.contains("Cheaper by less than 30.4 %"), "\(best.reason)")
        #expect([Double]().uncertaintyOfMean == 0 && [1.0].uncertaintyOfMean == 0 && [2.0, 2.0].uncertaintyOfMean == 0)
    }

    @Test("What no service offers is not recommended, unless there is nothing else")
    func pairwise() {
        let pairs = outcome(.pairwise, cpuPerPost: 1, cpuPerRead: 1)
        #expect(recommendation(sweep + [pairs]).strategy == .hybrid(threshold: 100))
        #expect(recommendation([pairs]).strategy == .pairwise)
        #expect(recommendation([pairs]).reason.contains("No service offers it"))
    }

    @Test("Where what pushing adds equals what pulling adds; from how many reads on push is the cheaper")
    func crossing() throws {
        // Added to posts 0, 50, 100, 400; to reads 600, 400, 50, 0: they cross between the thresholds 10 and 100.
        let crossing = try #require(recommendation(sweep).crossingThreshold)
        // The difference goes from -350 to 50: seven eighths of the way, in logarithms.
        #expect(abs(crossing - 75) < 0.1, "\(crossing)")
        #expect(recommendation(sweep).breakEvenReadsPerPost == 6.67)
        #expect(recommendation(Array(sweep.dropFirst())).crossingThreshold == nil)
        // Push is dearer in both.
        let hopeless = [outcome(.push, cpuPerPost: 500, cpuPerRead: 70), outcome(.pull, cpuPerPost: 100, cpuPerRead: 60)]
        #expect(recommendation(hopeless).crossingThreshold == nil && recommendation(hopeless).breakEvenReadsPerPost == nil)
    }
}
