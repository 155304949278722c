import NIOCore
@testable import Redis
import TestSupport
import Testing

@Suite struct ReconnectBackoffTests {
    @Test func pausesDoubleUpToTheBoundAndAreJittered() {
        var random = SeededGenerator()
        var backoff = ReconnectBackoff(maximum: .milliseconds(500))
        #expect(backoff.next(using: &random) == .zero, "the first attempt after a success comes at once")
        for ceiling in [20, 40, 80, 160, 320, 500, 500, 500] {
            let pause = backoff.next(using: &random)
            #expect(pause >= .milliseconds(Int64(ceiling) / 2) && pause <= .milliseconds(Int64(ceiling)), "\(random)")
        }
        #expect(Set((0..<50).map { _ in backoff.next(using: &random) }).count > 40, "\(random)")
        backoff.reset()
        #expect(backoff.next(using: &random) == .zero)
    }

    @Test func manyAttemptsDoNotOverflow() {
        var random = SeededGenerator()
        var backoff = ReconnectBackoff(maximum: .nanoseconds(.max))
        for _ in 0..<1_000 { #expect(backoff.next(using: &random) >= .zero, "\(random)") }
    }

    @Test(arguments: [TimeAmount.zero, .nanoseconds(-1), .nanoseconds(.min)])
    func noBoundMakesItSpin(_ maximum: TimeAmount) {
        var random = SeededGenerator()
        var backoff = ReconnectBackoff(maximum: maximum)
        _ = backoff.next(using: &random)
        for _ in 0..<10 { #expect(backoff.next(using: &random) >= .milliseconds(5), "\(random)") }
    }
}
