import TestSupport
import Testing

@testable import Chat

@Suite("Delivery: any loss, doubling and reordering of events")
struct DeliveryPropertyTests {
    @Test("Each message is given once, in order, and none is missing in the end", arguments: 0..<400)
    func anything(run: Int) throws {
        var world = DeliveryWorld(random: SeededGenerator(), losesData: false)
        for _ in 0..<world.random.pick([20, 200, 1000]) { world.step() }
        world.settle()
        for (conversation, log) in world.logs {
            let given = world.given[conversation] ?? []
            let begin = world.begins[conversation] ?? 0
            let expected = log.filter { $0 > begin && !world.own.contains(.init(conversation: conversation, seq: $0)) }
            // What the user had received before the connection was opened may come, too, if it was published to it.
            #expect(given.suffix(expected.count) == expected[...], "\(world.random)")
            #expect(given == given.sorted() && Set(given).count == given.count, "\(world.random)")
        }
        #expect(world.delivery.phase == .live && world.delivery.queue.isEmpty, "\(world.random)")
    }

    @Test(
        "With data lost and new epochs, everything that is there comes in the end, after what was in common", arguments: 0..<400)
    func epochs(run: Int) throws {
        var world = DeliveryWorld(random: SeededGenerator(), losesData: true)
        for _ in 0..<world.random.pick([20, 200, 1000]) { world.step() }
        world.settle()
        for (conversation, log) in world.logs {
            let given = Set(world.given[conversation] ?? [])
            let begin = world.begins[conversation] ?? 0
            let missing = log.filter {
                $0 > begin && !given.contains($0) && !world.own.contains(.init(conversation: conversation, seq: $0))
            }
            #expect(missing.isEmpty, "\(world.random): \(conversation.text) \(missing) of \(log)")
            // Within an epoch nothing comes twice.
            #expect(world.repeatsInEpoch == 0, "\(world.random)")
        }
    }
}

/// Logs that grow, events that are lost, doubled and late, and a connection that reads.
private struct DeliveryWorld {
    struct Own: Hashable {
        let conversation: ConversationID
        let seq: Int
    }
    struct Event {
        let conversation: ConversationID
        let seq: Int
        let epoch: Epoch
        let isOwn: Bool
        var isRepeat = false
    }

    var random: SeededGenerator
    let losesData: Bool
    var delivery = Delivery<Event>()
    var logs: [ConversationID: [Int]] = [:]
    var seqs: [ConversationID: Int] = [:]
    var epochs: [ConversationID: Epoch] = [:]
    var received: [ConversationID: Int] = [:]
    /// What had been received when the connection was opened.
    var begins: [ConversationID: Int] = [:]
    var given: [ConversationID: [Int]] = [:]
    var givenIn: [ConversationID: Epoch] = [:]
    var repeatsInEpoch = 0
    var own: Set<Own> = []
    /// Published and not yet heard.
    var onTheWay: [Event] = []
    var answers: [(Delivery<Event>.Read, Delivery<Event>.Page)] = []
    var epochNumber = 0
    let conversations: [ConversationID]

    init(random: SeededGenerator, losesData: Bool) {
        (self.random, self.losesData) = (random, losesData)
        conversations = (0..<self.random.pick([1, 2, 5])).map { .group(GroupID(stringLiteral: "g\($0)")) }
        for conversation in conversations {
            (epochs[conversation], logs[conversation]) = (Epoch("e0@1"), [])
        }
    }

    mutating func step() {
        let conversation = random.pick(conversations)
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<35: publish(conversation, isOwn: false)
        case 35..<40: if delivery.phase == .live { publish(conversation, isOwn: true) }
        case 40..<75: hearOne()
        case 75..<80: drain()
        case 80..<88: read()
        case 88..<96: answer()
        case 96: delivery.mark(conversation, at: position(conversation))
        // On another connection of the user. What he receives there later is given here all the same, if it was heard of.
        case 97 where delivery.phase == .opening:
            received[conversation] = Int.random(in: (received[conversation] ?? 0)...(seqs[conversation] ?? 0), using: &random)
        case 98: if losesData { lose(conversation) }
        default: if let read = delivery.reading, answers.isEmpty { delivery.failed(read) }
        }
    }

    private func position(_ conversation: ConversationID) -> ConversationPosition {
        ConversationPosition(epoch: epochs[conversation] ?? Epoch(""), seq: seqs[conversation] ?? 0)
    }

    private mutating func publish(_ conversation: ConversationID, isOwn: Bool) {
        let seq = (seqs[conversation] ?? 0) + 1
        seqs[conversation] = seq
        logs[conversation]?.append(seq)
        let position = position(conversation)
        if isOwn { own.insert(Own(conversation: conversation, seq: seq)) }
        let event = Event(conversation: conversation, seq: seq, epoch: position.epoch, isOwn: isOwn)
        for _ in 0..<random.pick([0, 1, 1, 1, 1, 1, 2]) { onTheWay.append(event) }
        if Int.random(in: 0..<20, using: &random) == 0, let old = logs[conversation]?.randomElement(using: &random) {
            onTheWay.append(Event(conversation: conversation, seq: old, epoch: position.epoch, isOwn: false, isRepeat: true))
        }
        if isOwn { delivery.sent(seq, epoch: position.epoch, in: conversation) }
    }

    private mutating func hearOne() {
        guard !onTheWay.isEmpty else { return }
        let isLate = Int.random(in: 0..<6, using: &random) == 0
        hear(onTheWay.remove(at: isLate ? Int.random(in: onTheWay.indices, using: &random) : 0))
    }

    private mutating func hear(_ event: Event) {
        let given = delivery.hear(
            event, seq: event.seq, epoch: event.epoch, in: event.conversation, isOwn: event.isOwn, isRepeat: event.isRepeat)
        note(given.map { [$0] } ?? [], in: event.epoch)
    }

    private mutating func drain() {
        guard delivery.phase == .opening else { return }
        begins = received
        delivery.drain(
            conversations.filter { (seqs[$0] ?? 0) > (received[$0] ?? 0) }.map {
                ($0, received[$0] ?? 0, position($0).epoch)
            })
    }

    private mutating func read() {
        guard let read = delivery.nextRead() else { return }
        let after = read.after ?? received[read.conversation] ?? 0
        let limit = random.pick([1, 2, 5, 100])
        let position = position(read.conversation)
        let rest = (logs[read.conversation] ?? []).filter { $0 > after }
        let numbers = rest.prefix(limit)
        let through = rest.count > limit ? numbers.last ?? after : max(after, position.seq)
        let messages = numbers.map { seq in
            (
                seq: seq, isOwn: false,
                item: Event(conversation: read.conversation, seq: seq, epoch: position.epoch, isOwn: false)
            )
        }
        let seq = max(position.seq, through)
        answers.append(
            (read, .init(after: after, through: through, messages: messages, position: .init(epoch: position.epoch, seq: seq))))
    }

    private mutating func answer() {
        guard let (read, page) = answers.popLast() else { return }
        note(delivery.finish(read, page).items, in: page.position.epoch)
    }

    /// Redis forgets the last messages; numbers go on behind what was seen.
    private mutating func lose(_ conversation: ConversationID) {
        let seq = seqs[conversation] ?? 0
        let kept = Int.random(in: max(0, seq - 5)...seq, using: &random)
        logs[conversation]?.removeAll { $0 > kept }
        epochNumber += 1
        let before = epochs[conversation]?.text ?? ""
        epochs[conversation] = Epoch("e\(epochNumber)@\(kept + 1),\(before)")
        received[conversation] = min(received[conversation] ?? 0, kept)
        begins[conversation] = min(begins[conversation] ?? 0, kept)
    }

    private mutating func note(_ items: [Event], in epoch: Epoch) {
        for item in items {
            if givenIn[item.conversation] == epoch, let last = given[item.conversation]?.last, item.seq <= last {
                repeatsInEpoch += 1
            }
            givenIn[item.conversation] = epoch
            given[item.conversation, default: []].append(item.seq)
        }
    }

    /// Everything on the way is lost; what was missed is looked up, once.
    mutating func settle() {
        drain()
        onTheWay = []
        while !answers.isEmpty { answer() }
        if let read = delivery.reading { delivery.failed(read) }
        for conversation in conversations where (seqs[conversation] ?? 0) > 0 {
            delivery.mark(conversation, at: position(conversation))
        }
        for _ in 0..<100_000 where !delivery.queue.isEmpty {
            read()
            answer()
        }
    }
}
