import NIOCore
import RideHailing
import TestSupport
import Testing

@testable import ride_hailing

/// What keeps a single connection, or a server that does not answer, from costing others anything.
@Suite struct LimitTests {
    @Test func `of positions the newest comes through, seldom enough, and none waits for ever`() throws {
        var random = SeededGenerator()
        var gate = PositionGate()
        var now = NIODeadline.uptimeNanoseconds(1_000_000_000)
        var opensAt: NIODeadline?
        var passed: [(at: NIODeadline, number: Int)] = []
        func note(_ position: DriverPosition?, _ now: NIODeadline) throws {
            passed.append((now, Int((try #require(position, "\(random)").coordinate.longitude * 1000).rounded())))
        }
        for number in 0..<20_000 {
            now = now + .microseconds(.random(in: 0...20_000, using: &random))
            if let time = opensAt, time <= now {
                try note(gate.open(now: time), time)
                opensAt = nil
            }
            let position = try DriverPosition(
                driver: "d", coordinate: Coordinate(latitude: 1, longitude: Double(number) / 1000), heading: nil,
                atMilliseconds: nil)
            switch gate.add(position, now: now) {
            case .passes: try note(position, now)
            case .waits(let until):
                #expect(opensAt == nil && until > now && until <= now + PositionGate.interval, "\(random)")
                opensAt = until
            case .joins: #expect(opensAt != nil, "\(random)")
            }
        }
        #expect(passed.count > 100)
        for (earlier, later) in zip(passed, passed.dropFirst()) {
            #expect(later.at - earlier.at >= PositionGate.interval && later.number > earlier.number, "\(random)")
        }
        if let opensAt { try note(gate.open(now: opensAt), opensAt) }
        #expect(passed.last?.number == 19_999, "\(random)")
    }

    @Test func `a connection says so much at once and so much a second, and is never held up for longer than that takes`() {
        var random = SeededGenerator()
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
        var limit = FrameLimit(now: start)
        var (now, spent) = (start, 0.0)
        for _ in 0..<5_000 {
            now = now + .milliseconds(.random(in: 0...10, using: &random))
            let cost: FrameLimit.Cost = Int.random(in: 0..<5, using: &random) == 0 ? .request : .location
            let wait = limit.take(cost, now: now)
            spent += cost.rawValue
            if let wait {
                #expect(wait > .nanoseconds(0) && wait <= .milliseconds(51), "\(random)")
                now = now + wait
            }
            let seconds = Double((now - start).nanoseconds) / 1e9
            #expect(spent <= FrameLimit.capacity + FrameLimit.tokensPerSecond * seconds + 0.001, "\(random)")
        }
        #expect(limit.take(.location, now: now + .seconds(3600)) == nil)
    }

    @Test func `a server that has failed three times in a row is asked now and then, and as before once it answers`() {
        var breaker = CircuitBreaker()
        var now = NIODeadline.uptimeNanoseconds(1_000_000_000)
        for number in 1...3 {
            #expect(breaker.mayAsk(now: now) && !breaker.isOpen)
            #expect(breaker.failed(now: now) == (number == 3))
        }
        for _ in 0..<3 {
            #expect(breaker.isOpen && !breaker.mayAsk(now: now + .milliseconds(4_999)))
            now = now + .seconds(5)
            // One alone, even if nothing is heard of it.
            #expect(breaker.mayAsk(now: now) && !breaker.mayAsk(now: now))
        }
        breaker.succeeded()
        #expect(!breaker.isOpen && breaker.mayAsk(now: now) && breaker.mayAsk(now: now))
        // It takes three in a row.
        for _ in 0..<10 {
            #expect(!breaker.failed(now: now) && !breaker.failed(now: now))
            breaker.succeeded()
        }
        #expect(!breaker.isOpen)
    }
}
