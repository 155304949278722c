import NIOCore
import RideHailing
import Testing

@testable import ride_hailing

@Suite("How much a driver's connection may say")
struct FlowTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private func position(_ latitude: Double, at: Int? = nil) throws -> DriverPosition {
        try DriverPosition(driver: "d", coordinate: Coordinate(latitude: latitude, longitude: 0), atMilliseconds: at)
    }

    @Test("One position goes at once; of those that come before the next may go, the newest")
    func gate() throws {
        var gate = PositionGate()
        let opens = start + PositionGate.interval
        #expect(gate.add(try position(1), now: start) == .passes)
        #expect(gate.add(try position(2), now: start) == .waits(until: opens))
        #expect(gate.add(try position(3), now: start) == .joins)
        #expect(gate.open(now: opens) == (try position(3)))
        #expect(gate.add(try position(4), now: opens) == .waits(until: opens + PositionGate.interval))
        #expect(gate.open(now: opens + PositionGate.interval) == (try position(4)))
        #expect(gate.add(try position(5), now: opens + .seconds(1)) == .passes)
    }

    @Test("The newest is that with the latest time, if they have times")
    func times() throws {
        var gate = PositionGate()
        _ = gate.add(try position(0), now: start)
        _ = gate.add(try position(1, at: 100), now: start)
        _ = gate.add(try position(2, at: 90), now: start)
        #expect(gate.open(now: start) == (try position(1, at: 100)))
    }

    @Test("Much at once, then as much as refills; who says more waits for so long as it takes")
    func frames() throws {
        var limit = FrameLimit(now: start)
        for _ in 0..<Int(FrameLimit.capacity) { #expect(limit.take(.location, now: start) == nil) }
        let taken = limit.take(.request, now: start)
        let wait = try #require(taken)
        #expect(wait == .milliseconds(Int64(1000 * FrameLimit.Cost.request.rawValue / FrameLimit.tokensPerSecond)))
        #expect(limit.take(.location, now: start + wait) != nil)
        #expect(limit.take(.location, now: start + .seconds(60)) == nil)
    }
}
