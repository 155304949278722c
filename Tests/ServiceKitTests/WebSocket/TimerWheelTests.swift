import TestSupport
import Testing

@testable import ServiceKit

@Suite("WebSocket: time")
struct TimerWheelTests {
    @Test("Each is called at its turn, or at the first that is not missed")
    func wheel() {
        var random = SeededGenerator()
        for _ in 0..<100 {
            var wheel = TimerWheel<Int>(slots: random.pick([1, 2, 7, 64]))
            var waiting: [(due: Int, name: Int)] = []
            for name in 0..<200 {
                if Bool.random(using: &random) {
                    let due = wheel.now + .random(in: 1...random.pick([1, 5, 300]), using: &random)
                    wheel.add(name, due: due)
                    waiting.append((due, name))
                } else {
                    let turn = wheel.now + .random(in: 0...random.pick([1, 5, 300]), using: &random)
                    let called = wheel.turn(to: turn)
                    let wanted = waiting.filter { $0.due <= turn }
                    waiting.removeAll { $0.due <= turn }
                    #expect(Set(called.map(\.element)) == Set(wanted.map(\.name)) && called.count == wanted.count, "\(random)")
                    #expect(wheel.now == turn)
                }
                #expect(wheel.count == waiting.count && Set(wheel.elements) == Set(waiting.map(\.name)), "\(random)")
            }
        }
    }

    @Test("Who is silent is asked, and asked again, and then given up; who is heard is not asked")
    func silence() {
        var times = Timetable(now: 100, pingAfter: 20, silentAfter: 45)
        #expect(times.call(at: 100) == .wait(until: 120))
        #expect(times.call(at: 119) == .wait(until: 120))
        #expect(times.call(at: 120) == .ping(until: 140))
        #expect(times.call(at: 140) == .ping(until: 145))
        #expect(times.call(at: 144) == .ping(until: 145))
        #expect(times.call(at: 145) == .silent)
        times.heard(at: 144)
        #expect(times.call(at: 145) == .wait(until: 164))
    }

    @Test("A server's end is in time, whoever is silent; closing has a time of its own")
    func ends() {
        var times = Timetable(now: 0, pingAfter: 20, silentAfter: 45)
        times.stopAt = 30
        #expect(times.call(at: 10) == .wait(until: 20))
        #expect(times.call(at: 20) == .ping(until: 30))
        #expect(times.call(at: 30) == .stop)
        times.giveUpAt = 50
        #expect(times.call(at: 30) == .wait(until: 50))
        #expect(times.call(at: 49) == .wait(until: 50))
        #expect(times.call(at: 50) == .giveUp)
    }
}
