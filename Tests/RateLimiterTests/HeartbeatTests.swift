import NIOCore
import Testing

@testable import RateLimiter

@Suite("The beats that an instance hears itself")
struct HeartbeatTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    @Test("A beat that comes back says when it was sent")
    func comesBack() {
        let heartbeat = Heartbeat()
        let first = heartbeat.next(at: start)
        let second = heartbeat.next(at: start + .milliseconds(200))
        #expect(first != second)
        #expect(heartbeat.cameBack(second, at: start + .milliseconds(210)) == start + .milliseconds(200))
        #expect(heartbeat.cameBack(first, at: start + .milliseconds(220)) == start)
    }

    @Test("One that was never sent, or long ago, proves nothing")
    func unknown() {
        let heartbeat = Heartbeat()
        #expect(heartbeat.cameBack(1, at: start) == nil)
        let first = heartbeat.next(at: start)
        for beat in 1...8 { _ = heartbeat.next(at: start + .milliseconds(200) * beat) }
        #expect(heartbeat.cameBack(first, at: start + .seconds(2)) == nil)
        #expect(!heartbeat.isFresh(now: start + .seconds(2)))
    }

    @Test("It is fresh for two seconds after a beat came back")
    func freshness() {
        let heartbeat = Heartbeat()
        #expect(!heartbeat.isFresh(now: start))
        let beat = heartbeat.next(at: start)
        #expect(!heartbeat.isFresh(now: start))
        _ = heartbeat.cameBack(beat, at: start + .milliseconds(5))
        #expect(heartbeat.isFresh(now: start + .milliseconds(2004)))
        #expect(!heartbeat.isFresh(now: start + .milliseconds(2005)))
    }

    @Test("Instances have names of their own, of one word")
    func names() {
        let names = (0..<1000).map { _ in Heartbeat().instance }
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { !$0.isEmpty && !$0.contains(" ") })
    }
}
