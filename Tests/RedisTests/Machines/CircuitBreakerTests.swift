import NIOCore
@testable import Redis
import Testing

@Suite struct CircuitBreakerTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    @Test func opensAfterFailuresInARow() {
        var breaker = CircuitBreaker(threshold: 3)
        for _ in 0..<10 {
            #expect(failures(2, &breaker) == [false, false])
            breaker.recordSuccess()
        }
        #expect(!breaker.isOpen)
        #expect(failures(5, &breaker) == [false, false, true, false, false], "the third in a row opens it, and it opens once")
        #expect(breaker.isOpen)
    }

    @Test func onlyAProbeCloses() {
        var breaker = CircuitBreaker(threshold: 1)
        #expect(failures(1, &breaker) == [true])
        breaker.recordSuccess()
        #expect(breaker.isOpen)
        breaker.close()
        #expect(!breaker.isOpen)
    }

    @Test func countsAfreshAfterClosing() {
        var breaker = CircuitBreaker(threshold: 2)
        #expect(failures(2, &breaker) == [false, true])
        breaker.close()
        #expect(failures(2, &breaker) == [false, true])
    }

    @Test func probesAtOnceAndThenAtIntervals() {
        var breaker = CircuitBreaker(threshold: 1)
        #expect(probes(at: [start], &breaker) == [false], "a closed one asks for none")
        #expect(failures(1, &breaker) == [true])
        let next = start + CircuitBreaker.probeInterval
        #expect(probes(at: [start, start, next - .nanoseconds(1), next, next], &breaker) == [true, false, false, true, false])
    }

    @Test(arguments: [0, -1, Int.min])
    func aThresholdBelowOneIsOne(_ threshold: Int) {
        var breaker = CircuitBreaker(threshold: threshold)
        #expect(failures(1, &breaker) == [true])
    }

    /// Which of so many failures in a row open the circuit.
    private func failures(_ count: Int, _ breaker: inout CircuitBreaker) -> [Bool] {
        (0..<count).map { _ in breaker.recordFailure(now: start) }
    }

    private func probes(at times: [NIODeadline], _ breaker: inout CircuitBreaker) -> [Bool] {
        times.map { breaker.takeProbe(now: $0) }
    }
}
