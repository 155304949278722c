import Redis
import Synchronization
import TestSupport
import Testing

@testable import Chat

/// A server as far as the conversations know it: users are connected to it, and it hears what is published to it.
final class ServerEar: Sendable {
    let name: String
    private let heard = Mutex<[ServerEvent?]>([])
    private let lastMark = Mutex("")
    private let isSubscribed = Mutex(false)

    init(_ name: String) { self.name = name }

    /// What was heard so far; nil: it was no event.
    var events: [ServerEvent?] { heard.withLock { $0 } }
    var contents: [ServerEvent.Content] { events.compactMap { $0?.content } }
    var messages: [MessageEvent] {
        contents.compactMap { if case .message(let event) = $0 { event } else { nil } }
    }

    /// Listens while `body` runs.
    static func with<Value>(
        _ names: String..., on stores: Stores, _ body: ([ServerEar]) async throws -> Value
    ) async throws -> Value {
        let ears = names.map { ServerEar($0) }
        let listening = ears.map { ear in
            Task {
                await stores.redis.subscribe(to: [ChatKeys.channel(of: ear.name)]) { subscription in
                    for await event in subscription {
                        switch event {
                        case .subscribed: ear.isSubscribed.withLock { $0 = true }
                        case .message(let message): ear.hear(message)
                        default: break
                        }
                    }
                }
            }
        }
        defer { for task in listening { task.cancel() } }
        for ear in ears {
            try await stores.run("SET", ChatKeys.events(of: ear.name), "1")
            try await eventually("it listens") { ear.isSubscribed.withLock { $0 } }
        }
        return try await body(ears)
    }

    func connect(_ user: UserName, _ stores: Stores) async throws {
        try await stores.run("HSET", ChatKeys.connections(of: user), "connection-\(name)", name)
    }

    /// Waits until everything that was published so far has been heard.
    func catchesUp(_ stores: Stores) async throws {
        let mark = "mark \(UInt64.random(in: .min ... .max))"
        try await stores.run("PUBLISH", ChatKeys.channel(of: name), mark)
        try await eventually("\(name) hears", within: .seconds(30)) { lastMark.withLock { $0 } == mark }
    }

    private func hear(_ message: RedisMessage) {
        if message.text.hasPrefix("mark ") {
            lastMark.withLock { $0 = message.text }
        } else {
            heard.withLock { $0.append(ServerEvent(decoding: message.payload)) }
        }
    }

    func clear() { heard.withLock { $0 = [] } }
}
