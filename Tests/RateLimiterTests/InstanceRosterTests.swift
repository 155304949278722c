import NIOCore
import Testing

@testable import RateLimiter

@Suite("Which instances share the limits")
struct InstanceRosterTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    @Test("Before anybody was heard this instance counts as the only one")
    func empty() {
        #expect(InstanceRoster().count == 1)
    }

    @Test("Who was silent for longer than its lifetime is gone; who beats stays")
    func silence() {
        var roster = InstanceRoster()
        for beat in 0..<50 {
            let now = start + .milliseconds(200) * beat
            for instance in ["a", "b"] { roster.heard(instance, at: now) }
            if beat < 10 { roster.heard("c", at: now) }
            let silence = beat < 10 ? TimeAmount.zero : .milliseconds(200) * (beat - 9)
            #expect(roster.count == (silence <= InstanceRoster.lifetime ? 3 : 2), "beat \(beat)")
        }
    }

    @Test("While nobody is heard, as without Redis, nobody is gone for that")
    func nobodyHeard() {
        var roster = InstanceRoster()
        for instance in ["a", "b", "c"] { roster.heard(instance, at: start) }
        #expect(roster.count == 3)
    }

    @Test("After an interruption the first to be heard again does not make the others disappear")
    func interruption() {
        var roster = InstanceRoster()
        for instance in ["a", "b", "c"] { roster.heard(instance, at: start) }
        let later = start + .hours(1)
        roster.listensAgain(at: later)
        roster.heard("a", at: later + .milliseconds(1))
        #expect(roster.count == 3)
        roster.heard("a", at: later + InstanceRoster.lifetime + .milliseconds(1))
        #expect(roster.count == 1)
    }

    @Test("A beat that is heard late does not bring time back")
    func disorder() {
        var roster = InstanceRoster()
        roster.heard("a", at: start + .seconds(10))
        roster.heard("b", at: start)
        #expect(roster.count == 1)
    }
}
