import TestSupport
import Testing

@testable import Chat

/// One conversation, whose items are their numbers.
private final class Subject {
    private(set) var delivery = Delivery<Int>()
    let conversation = ConversationID.group("g")
    let epoch = Epoch("a@1")

    /// - Parameter through: everything up to this number was given; nil: it has not been opened.
    init(through seq: Int?) {
        guard let seq else { return }
        drain([])
        delivery.mark(conversation, at: ConversationPosition(epoch: epoch, seq: seq))
        if let read = nextRead() { _ = finish(read, after: seq, through: seq, of: seq) }
    }

    func drain(_ unreceived: [(conversation: ConversationID, received: Int, epoch: Epoch)]) { delivery.drain(unreceived) }

    func hear(
        _ seq: Int, epoch: Epoch? = nil, in conversation: ConversationID? = nil, isOwn: Bool = false, isRepeat: Bool = false
    ) -> [Int] {
        let given = delivery.hear(
            seq, seq: seq, epoch: epoch ?? self.epoch, in: conversation ?? self.conversation, isOwn: isOwn, isRepeat: isRepeat)
        return given.map { [$0] } ?? []
    }

    func sent(_ seq: Int) { delivery.sent(seq, epoch: epoch, in: conversation) }
    func forget() { delivery.forget(conversation) }
    func acknowledge(_ seq: Int) { delivery.acknowledge(conversation, through: seq) }
    func nextRead() -> Delivery<Int>.Read? { delivery.nextRead() }

    /// - Parameter after: where a reading began that was to begin where the user had received everything.
    func finish(
        _ read: Delivery<Int>.Read, after: Int = 0, through: Int, of seq: Int, epoch: Epoch? = nil, missing: Set<Int> = []
    ) -> (items: [Int], isLacking: Bool) {
        let after = read.after ?? after
        let numbers = after < through ? Array((after + 1)...through) : []
        return delivery.finish(
            read,
            .init(
                after: after, through: through, messages: numbers.filter { !missing.contains($0) }.map { ($0, false, $0) },
                position: ConversationPosition(epoch: epoch ?? self.epoch, seq: seq)))
    }
}

@Suite("Delivery: what a connection is given")
struct DeliveryTests {
    @Test("What comes in order is given at once, what comes again is not")
    func inOrder() {
        let delivery = Subject(through: 1)
        #expect(delivery.hear(1) == [])
        #expect(delivery.hear(2) == [2])
        #expect(delivery.hear(3) == [3])
        #expect(delivery.hear(2) == [])
        #expect(delivery.hear(3, isRepeat: true) == [])
        #expect(delivery.nextRead() == nil)
    }

    @Test("A gap is read from the log, and what came meanwhile follows without another reading")
    func gap() throws {
        let delivery = Subject(through: 1)
        #expect(delivery.hear(4) == [])
        let read = try #require(delivery.nextRead())
        #expect(read.after == 1)
        #expect(delivery.nextRead() == nil)
        #expect(delivery.hear(5) == [])
        #expect(delivery.hear(6) == [])
        #expect(delivery.finish(read, after: 1, through: 5, of: 5).items == [2, 3, 4, 5, 6])
        #expect(delivery.nextRead() == nil)
        #expect(delivery.hear(7) == [7])
    }

    @Test("What was left comes before what is new, also of other conversations")
    func drained() throws {
        let delivery = Subject(through: nil)
        let other = ConversationID.group("other")
        #expect(delivery.hear(12) == [])
        delivery.drain([(delivery.conversation, 10, delivery.epoch)])
        #expect(delivery.hear(1, in: other) == [])
        let first = try #require(delivery.nextRead())
        #expect(first.conversation == delivery.conversation && first.after == 10)
        #expect(delivery.hear(13) == [])
        // A part of it only.
        #expect(delivery.finish(first, after: 10, through: 11, of: 12).items == [11])
        #expect(delivery.delivery.phase == .draining)
        let second = try #require(delivery.nextRead())
        #expect(second.after == 11)
        #expect(delivery.finish(second, after: 11, through: 12, of: 12).items == [12, 13])
        #expect(delivery.delivery.phase == .live)
        let third = try #require(delivery.nextRead())
        #expect(third.conversation == other && third.after == nil)
        #expect(delivery.finish(third, after: 0, through: 1, of: 1).items == [1])
        #expect(delivery.nextRead() == nil)
    }

    @Test("What the user has received elsewhere meanwhile is given nevertheless")
    func receivedElsewhere() throws {
        let delivery = Subject(through: nil)
        delivery.drain([])
        #expect(delivery.hear(5) == [])
        let read = try #require(delivery.nextRead())
        #expect(read.after == nil)
        #expect(delivery.finish(read, after: 6, through: 7, of: 7).items == [])
        let again = try #require(delivery.nextRead())
        #expect(again.after == 4)
        #expect(delivery.finish(again, after: 4, through: 7, of: 7).items == [5, 6, 7])
    }

    @Test("A repeat of an old message brings nothing back")
    func repeated() throws {
        let delivery = Subject(through: nil)
        delivery.drain([])
        #expect(delivery.hear(5, isRepeat: true) == [])
        let read = try #require(delivery.nextRead())
        #expect(delivery.finish(read, after: 9, through: 9, of: 9).items == [])
        #expect(delivery.nextRead() == nil)
    }

    @Test("What the connection sent itself is not given, whichever way it is heard of")
    func own() throws {
        let delivery = Subject(through: 1)
        delivery.sent(2)
        #expect(delivery.hear(2, isOwn: true) == [])
        #expect(delivery.hear(3, isOwn: true) == [])
        delivery.sent(3)
        #expect(delivery.hear(4) == [4])
        // Others were faster. What they sent is on its way.
        delivery.sent(7)
        #expect(delivery.nextRead() == nil)
        for seq in 5...8 { #expect(delivery.hear(seq, isOwn: seq == 7) == (seq == 7 ? [] : [seq])) }
        // Or lost, as the connection's own was.
        delivery.sent(11)
        #expect(delivery.hear(12) == [])
        let read = try #require(delivery.nextRead())
        #expect(delivery.finish(read, after: 8, through: 12, of: 12).items == [9, 10, 12])
        #expect(delivery.nextRead() == nil)
    }

    @Test("Numbers of a new epoch count as far as both have them in common")
    func epochs() throws {
        let delivery = Subject(through: 1)
        for seq in 2...9 { _ = delivery.hear(seq) }
        let next = Epoch("b@6,a@1")
        #expect(delivery.hear(10, epoch: next) == [])
        let read = try #require(delivery.nextRead())
        #expect(read.after == 9)
        #expect(delivery.finish(read, after: 9, through: 10, of: 10, epoch: next).items == [])
        let again = try #require(delivery.nextRead())
        #expect(again.after == 5)
        #expect(delivery.finish(again, after: 5, through: 10, of: 10, epoch: next, missing: [6]).items == [7, 8, 9, 10])
        #expect(delivery.hear(11, epoch: next) == [11])
        #expect(delivery.nextRead() == nil)
    }

    @Test("What was heard of and is not in the log is given, and it is said so")
    func lacking() throws {
        let delivery = Subject(through: 1)
        #expect(delivery.hear(5) == [])
        let read = try #require(delivery.nextRead())
        let (items, isLacking) = delivery.finish(read, after: 1, through: 3, of: 3)
        #expect(items == [2, 3, 5] && isLacking)
        #expect(delivery.nextRead() == nil)
    }

    @Test("Who is no member any more is given nothing more, and what was being read is dropped")
    func forgotten() throws {
        let delivery = Subject(through: nil)
        delivery.drain([(delivery.conversation, 0, delivery.epoch)])
        let read = try #require(delivery.nextRead())
        delivery.forget()
        #expect(delivery.delivery.phase == .live)
        #expect(delivery.finish(read, after: 0, through: 3, of: 3).items == [])
        #expect(delivery.nextRead() == nil)
    }

    @Test("Everything is acknowledged when the last that was given is")
    func acknowledged() throws {
        let delivery = Subject(through: nil)
        #expect(!delivery.delivery.isAcknowledged)
        delivery.drain([(delivery.conversation, 3, delivery.epoch)])
        #expect(!delivery.delivery.isAcknowledged)
        let read = try #require(delivery.nextRead())
        #expect(delivery.finish(read, after: 3, through: 5, of: 5).items == [4, 5])
        delivery.acknowledge(4)
        #expect(!delivery.delivery.isAcknowledged)
        delivery.acknowledge(5)
        #expect(delivery.delivery.isAcknowledged)
        delivery.sent(6)
        #expect(delivery.delivery.isAcknowledged)
        #expect(delivery.hear(7) == [7])
        #expect(!delivery.delivery.isAcknowledged)
    }
}
