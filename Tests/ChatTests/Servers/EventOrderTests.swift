import Testing

@testable import Chat

/// Macros of tests do not change values.
private final class Heard {
    private(set) var order = EventOrder()

    /// - Parameter isCertain: everything that was published before has been read.
    init(isCertain: Bool) {
        guard isCertain else { return }
        order.begin()
        order.repaired(asOf: order.losses)
    }

    func begin() { order.begin() }
    func lose() { order.lose() }
    func hear(_ number: Int) -> Bool { order.hear(number) }
    func published(beat number: Int, at moment: Int) -> Bool { order.published(beat: number, at: moment) }
    func repaired(asOf losses: Int) { order.repaired(asOf: losses) }
    func advance() -> Int? { order.advance() }
    var isCertain: Bool { order.isCertain }
    var losses: Int { order.losses }
    var completeThrough: Int? { order.completeThrough }
}

@Suite("What a server has heard of its events")
struct EventOrderTests {
    @Test("Nothing is certain before what was published earlier has been read")
    func beginning() {
        let order = Heard(isCertain: false)
        #expect(!order.isCertain)
        order.begin()
        #expect(!order.isCertain)
        order.repaired(asOf: order.losses)
        #expect(order.isCertain)
    }

    @Test("A number that is left out is a loss, and so is one that comes again", arguments: [6, 3, 4])
    func gap(next: Int) {
        let order = Heard(isCertain: true)
        #expect(order.hear(3))
        #expect(order.hear(4))
        #expect(!order.hear(next))
        #expect(!order.isCertain)
        #expect(order.hear(next + 1))
        #expect(!order.isCertain)
    }

    @Test("What is missed while a loss is repaired is repaired once more")
    func lossDuringRepair() {
        let order = Heard(isCertain: true)
        order.lose()
        let losses = order.losses
        order.lose()
        order.repaired(asOf: losses)
        #expect(!order.isCertain)
        order.repaired(asOf: order.losses)
        #expect(order.isCertain)
    }

    @Test("When nothing arrives, beats neither, something was lost behind which nothing follows")
    func lostBeat() {
        let order = Heard(isCertain: true)
        #expect(order.hear(7))
        #expect(order.published(beat: 8, at: 100))
        #expect(order.advance() == nil)
        #expect(order.published(beat: 9, at: 200))
        #expect(order.isCertain)
        #expect(!order.published(beat: 10, at: 300))
        #expect(!order.isCertain)
    }

    @Test("A beat that is late behind much else is not lost")
    func lateBeat() {
        let order = Heard(isCertain: true)
        #expect(order.hear(7))
        for beat in stride(from: 100, to: 600, by: 100) {
            #expect(order.published(beat: beat, at: beat))
            #expect(order.hear(7 + beat / 100))
        }
        #expect(order.losses == 1 && order.advance() == nil)
    }

    @Test("When a beat has arrived, everything before it has", arguments: [true, false])
    func complete(isHeardFirst: Bool) {
        let order = Heard(isCertain: true)
        if isHeardFirst { #expect(order.hear(8)) }
        #expect(order.published(beat: 8, at: 100))
        if !isHeardFirst { #expect(order.hear(8)) }
        #expect(order.advance() == 100)
        #expect(order.advance() == nil)
        #expect(order.completeThrough == 100)
        #expect(!order.hear(10))
        #expect(order.published(beat: 10, at: 200))
        #expect(order.advance() == nil)
        #expect(order.completeThrough == 100)
    }
}
