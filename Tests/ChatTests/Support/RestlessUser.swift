import Synchronization
import TestSupport
import Testing

@testable import Chat

/// A user who sends, acknowledges, loses his connection and comes back, and who forgets nothing.
actor RestlessUser {
    let name: UserName
    private let fleet: MortalFleet
    private let recipients: [Recipient]
    private var random: SeededGenerator
    /// What he has of each conversation: by number, the identifier of the message.
    private(set) var log: [ConversationID: [Int: String]] = [:]
    private(set) var acknowledged: [ConversationID: Int] = [:]
    /// The identifiers of messages that the server has said are safe.
    private(set) var safe: Set<String> = []
    /// What came over each connection, in order.
    private(set) var connections: [[ConversationID: [Int]]] = []
    private(set) var faults: [String] = []
    private var unsent: NewMessage?
    private var client: TestClient?
    private var seen = 0

    init(_ name: UserName, fleet: MortalFleet, recipients: [Recipient], seed: UInt64) {
        (self.name, self.fleet, self.recipients) = (name, fleet, recipients)
        random = SeededGenerator(seed: seed)
    }

    /// Goes on until the task is cancelled.
    func live() async {
        while !Task.isCancelled {
            await connect()
            for _ in 0..<random.pick([1, 5, 20, 100]) where client != nil && !Task.isCancelled { await act() }
            await disconnect()
        }
    }

    /// Comes back once more, sends what is unsent, and waits until he has everything.
    func settle(has everything: @Sendable ([ConversationID: [Int: String]]) -> Bool) async throws {
        try await eventually("\(name.text) has everything", within: .seconds(120)) {
            if client == nil || Int.random(in: 0..<2_000, using: &random) == 0 {
                await disconnect()
                await connect()
            }
            if unsent != nil { await send() }
            take()
            return unsent == nil && everything(log)
        }
        await disconnect()
    }

    private func connect() async {
        guard let server = fleet.pick(&random) else { return }
        client = try? await TestClient.connect(name, to: server.chat, on: server.eventLoop, isAwaited: false)
        seen = 0
        connections.append([:])
        let end = ContinuousClock.now + .seconds(1)
        while let client, !client.isWelcomed, ContinuousClock.now < end { try? await Task.sleep(for: .milliseconds(2)) }
        if client?.isWelcomed == false { await disconnect() }
    }

    private func disconnect() async {
        take()
        try? await client?.close()
        // Whatever came until the end.
        take()
        client = nil
    }

    private func act() async {
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<4: await send()
        case 4..<7: acknowledge()
        default: try? await Task.sleep(for: .milliseconds(random.pick([0, 1, 5])))
        }
        take()
    }

    private func send() async {
        let id = "\(name.text)-\(UInt64.random(in: .min ... .max, using: &random))"
        let message = unsent ?? NewMessage(id: id, to: random.pick(recipients), text: id)
        unsent = message
        client?.receive(.send(message))
        let end = ContinuousClock.now + .seconds(1)
        while unsent != nil, ContinuousClock.now < end, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(1))
            if take() { break }
        }
        // Perhaps it was done: sent again, it is the same message.
        if unsent != nil { await disconnect() }
    }

    /// As far as everything is there.
    private func acknowledge() {
        guard let conversation = log.keys.randomElement(using: &random) else { return }
        var through = acknowledged[conversation] ?? 0
        while log[conversation]?[through + 1] != nil { through += 1 }
        acknowledged[conversation] = through
        client?.receive(.received(conversation, through: through))
    }

    /// - Returns: whether something went wrong.
    @discardableResult
    private func take() -> Bool {
        guard let client else { return false }
        let told = client.told
        defer { seen = told.count }
        var hasFailed = false
        for event in told[seen...] {
            switch event {
            case .message(let conversation, _, let message):
                note(conversation, message.seq, message.id)
                connections[connections.count - 1][conversation, default: []].append(message.seq)
            case .sent(let sent):
                note(sent.conversation, sent.seq, sent.id)
                safe.insert(sent.id)
                if unsent?.id == sent.id { unsent = nil }
            case .failed: hasFailed = true
            default: break
            }
        }
        return hasFailed
    }

    private func note(_ conversation: ConversationID, _ seq: Int, _ id: String) {
        if let known = log[conversation]?[seq], known != id {
            faults.append("\(name.text): \(conversation.text) \(seq) is \(known) and \(id)")
        }
        log[conversation, default: [:]][seq] = id
    }
}

/// Servers that come and go.
final class MortalFleet: Sendable {
    private let servers: Mutex<[ChatServer]>
    private let url: String
    private let configuration: ChatConfiguration

    init(of count: Int, url: String, configuration: ChatConfiguration) throws {
        (self.url, self.configuration) = (url, configuration)
        servers = Mutex([])
        for _ in 0..<count { try start() }
    }

    var all: [ChatServer] { servers.withLock { $0 } }

    func pick(_ random: inout SeededGenerator) -> ChatServer? { all.randomElement(using: &random) }

    private func start() throws {
        let server = try ChatServer(
            name: "chat\(UInt32.random(in: .min ... .max))", url: url, patience: .milliseconds(500), configuration: configuration)
        servers.withLock { $0.append(server) }
    }

    /// One is gone, and another one comes.
    func replace(_ random: inout SeededGenerator) async throws {
        guard let server = pick(&random) else { return }
        servers.withLock { servers in servers.removeAll { $0 === server } }
        await server.crash()
        try start()
    }

    func stop() async {
        for server in all { await server.stop() }
    }
}
