import Foundation
import TestSupport
import Testing

/// A user who sends, acknowledges, loses his connection and comes back to another server, and who forgets nothing.
actor RestlessUser {
    let name: String
    private let fleet: MortalFleet
    private let targets: [Target]
    private var random: SeededGenerator
    /// What he has of each conversation: by number, sender and identifier of the message.
    private(set) var log: [String: [Int: String]] = [:]
    /// Where the server said that his messages are, once they were safe.
    private(set) var safe: [String: Place] = [:]
    private(set) var visits: [Visit] = []
    private(set) var faults: [String] = []
    private var acknowledged: [String: Int] = [:]
    /// Not known to be safe yet; sent again, in this order, with each connection.
    private var pending: [(id: String, target: Target)] = []
    private var current: (socket: WebSocketClient, number: Int, reader: Task<Void, Never>)?

    struct Place: Hashable {
        let conversation: String
        let seq: Int
    }

    /// One connection.
    struct Visit {
        /// What had been acknowledged before.
        let acknowledged: [String: Int]
        /// What came, in order.
        var given: [String: [Int]] = [:]
        /// What was sent for the first time, in order.
        var sent: [String: [Int]] = [:]
        var isWelcome = false
        var isOver = false
        /// What was sent and not answered.
        var unanswered: [(id: String, isFirst: Bool)] = []
    }

    private static let patience = Duration.seconds(3)

    init(_ name: String, _ targets: [Target], fleet: MortalFleet, seed: UInt64) {
        (self.name, self.targets, self.fleet) = (name, targets, fleet)
        random = SeededGenerator(seed: seed)
    }

    /// Goes on until the task is cancelled.
    func live() async {
        while !Task.isCancelled {
            await connect()
            for _ in 0..<random.pick([1, 5, 20, 100]) where isConnected && !Task.isCancelled { await act() }
            await disconnect()
        }
    }

    /// Comes back, sends what is not safe yet, and waits until he has so much of each conversation.
    func settle(_ counts: [String: Int] = [:]) async throws {
        try await eventually("\(name) has everything", within: .seconds(60)) {
            if !isConnected {
                await disconnect()
                await connect()
            }
            return pending.isEmpty && counts.allSatisfy { log[$0.key, default: [:]].count >= $0.value }
        }
        await disconnect()
    }

    // MARK: Coming and going

    private var isConnected: Bool { current.map { !visits[$0.number].isOver } ?? false }

    private func connect() async {
        guard let service = fleet.pick(&random),
            let socket = try? await WebSocketClient.connect(
                port: service.port, "/v1/ws?user=\(segment(name))", patience: Self.patience)
        else {
            try? await Task.sleep(for: .milliseconds(20))
            return
        }
        let number = visits.count
        visits.append(Visit(acknowledged: acknowledged))
        let reader = Task {
            do {
                while true { take(try await socket.json(), number) }
            } catch {
                end(number, error)
            }
        }
        current = (socket, number, reader)
        for (id, target) in pending { await tell(id, target, isFirst: false) }
    }

    private func end(_ number: Int, _ error: any Error) {
        visits[number].isOver = true
        // nil: it is gone without a word.
        if let closed = error as? WebSocketClient.Closed, ![nil, 1000, 1001].contains(closed.code) {
            faults.append("\(name) was closed with \(closed)")
        }
    }

    private func disconnect() async {
        guard let (socket, _, reader) = current else { return }
        if random.next() % 2 == 0 {
            try? await socket.connection.reset()
        } else {
            try? await socket.send(.close(1000))
        }
        // Whatever came until the end.
        await reader.value
        current = nil
    }

    // MARK: Doing

    private func act() async {
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<4 where pending.count < 4:
            let id = "\(name) \(UInt64.random(in: .min ... .max, using: &random))"
            let target = random.pick(targets)
            pending.append((id, target))
            await tell(id, target, isFirst: true)
        case 4..<6: await acknowledge()
        default: try? await Task.sleep(for: .milliseconds(random.pick([0, 1, 5, 30])))
        }
    }

    private func tell(_ id: String, _ target: Target, isFirst: Bool) async {
        guard let (socket, number, _) = current, let frame = try? ClientFrame.send(id, id, to: target).json else { return }
        visits[number].unanswered.append((id, isFirst))
        try? await socket.send(frame)
    }

    /// As far as everything is there.
    private func acknowledge() async {
        guard let conversation = log.keys.randomElement(using: &random) else { return }
        var through = acknowledged[conversation] ?? 0
        while log[conversation]?[through + 1] != nil { through += 1 }
        acknowledged[conversation] = through
        guard let frame = try? ClientFrame.received(conversation, through).json else { return }
        try? await current?.socket.send(frame)
    }

    // MARK: Being told

    private func take(_ frame: ServerFrame, _ number: Int) {
        switch frame.type {
        case "welcome": visits[number].isWelcome = true
        case "message":
            guard let conversation = frame.conversation, let seq = frame.seq, let from = frame.from, let id = frame.id else {
                break
            }
            note(conversation, seq, "\(from): \(id)")
            visits[number].given[conversation, default: []].append(seq)
        case "sent", "error":
            // What is wrong with an acknowledgement has no identifier.
            guard let id = frame.id else { return }
            answered(id, frame, number)
        case "receipt": break
        default: faults.append("\(name) was told \(frame)")
        }
    }

    private func answered(_ id: String, _ frame: ServerFrame, _ number: Int) {
        guard let first = visits[number].unanswered.first, first.id == id else {
            faults.append("\(name): \(frame) instead of \(visits[number].unanswered)")
            return
        }
        visits[number].unanswered.removeFirst()
        guard let conversation = frame.conversation, let seq = frame.seq else {
            // Not safe, as far as is known: it is sent again with the next connection.
            visits[number].isOver = true
            return
        }
        note(conversation, seq, "\(name): \(id)")
        if first.isFirst { visits[number].sent[conversation, default: []].append(seq) }
        let place = Place(conversation: conversation, seq: seq)
        if let known = safe.updateValue(place, forKey: id), known != place { faults.append("\(id) is at \(known) and \(place)") }
        pending.removeAll { $0.id == id }
    }

    private func note(_ conversation: String, _ seq: Int, _ message: String) {
        let known = log[conversation, default: [:]].updateValue(message, forKey: seq)
        if let known, known != message { faults.append("\(name): \(conversation) \(seq) is \(known) and \(message)") }
    }
}
