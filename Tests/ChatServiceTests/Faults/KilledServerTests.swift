import EmbeddedRedis
import Foundation
import TestSupport
import Testing

/// A server is gone from one moment to the next.
@Suite(.slots(1))
struct KilledServerTests {
    private static let lease = 3
    private static let arguments = unlimited + ["--presence-lease-seconds", "\(lease)"]

    /// Asks again and again until the time is up.
    /// - Returns: when each was first said to be offline.
    private func watch(
        _ names: [String], at service: RunningService, for time: Duration
    ) async throws -> [String: ContinuousClock.Instant] {
        var offline: [String: ContinuousClock.Instant] = [:]
        let end = ContinuousClock.now + time
        while ContinuousClock.now < end {
            let users = names.map(segment).joined(separator: ",")
            let body: PresenceBody = try await service.get("/v1/presence?users=\(users)", as: "somebody")
            for presence in body.presence where !presence.online && offline[presence.user] == nil {
                offline[presence.user] = .now
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        return offline
    }

    @Test func `its users are offline within the lease, and nobody else ever is`() async throws {
        try await withChatFleet(of: 1, Self.arguments) { server, services in
            let watcher = try await ChatClient.join(services[0], as: "watcher")
            try await watcher.tell(.watch(["gone", "both", "back", "here"]))
            for _ in 0..<4 { _ = try await watcher.next("presence") }
            let here = try await ChatClient.join(services[0], as: "here")
            let second = try await ChatClient.join(services[0], as: "both")
            let killed = try await withService(.chat, ["--redis", server.url] + Self.arguments) { victim in
                try await victim.becomesReady()
                let clients = [
                    try await ChatClient.join(victim, as: "gone"), try await ChatClient.join(victim, as: "both"),
                    try await ChatClient.join(victim, as: "back"),
                ]
                try await eventually("all are there") {
                    try await services[0].presence(of: "gone", "both", "back", "here").map(\.connections) == [1, 2, 1, 1]
                }
                victim.program.signal(SIGKILL)
                _ = clients
                return ContinuousClock.now
            }
            // Somewhere else before anybody has noticed.
            let back = try await ChatClient.join(services[0], as: "back")
            let offline = try await watch(
                ["gone", "both", "back", "here"], at: services[0], for: .seconds(Self.lease + 1))
            #expect(Set(offline.keys) == ["gone"])
            // What is late here is what a busy machine adds to the answer.
            if let at = offline["gone"] { #expect(at - killed < .seconds(Self.lease) + .seconds(1)) }

            var told: [String: [Bool]] = [:]
            for presence in try await watcher.settles() {
                told[presence.user ?? "", default: []].append(presence.online ?? false)
            }
            #expect(told == ["gone": [true, false], "both": [true], "back": [true], "here": [true]])
            try await eventually("what it held is cleared") {
                guard try await services[0].metrics().value("chat_dead_servers_cleared_total") == 1 else { return false }
                return try await services[0].presence(of: "gone", "both", "back", "here").map(\.connections) == [0, 1, 1, 1]
            }
            let gone = try await services[0].presence(of: "gone")[0]
            #expect(gone.lastSeenAt?.isTime == true)
            // All are reached as before.
            for client in [here, second, back] {
                try await watcher.send("hello", to: .user(client.user))
                #expect(try await client.next("message").text == "hello")
            }
        }
    }

    @Test func `what it had said was safe is safe, and comes to those who come back elsewhere`() async throws {
        try await withChatFleet(of: 1, Self.arguments, durability: .always) { server, services in
            let ann = try await ChatClient.join(services[0], as: "ann")
            var (safe, conversation) = ([String](), "")
            for round in 0..<2 {
                try await withService(.chat, ["--redis", server.url] + Self.arguments) { victim in
                    try await victim.becomesReady()
                    let bob = try await ChatClient.join(victim, as: "bob", patience: .seconds(5))
                    let ids = (0..<2_000).map { "\(round) \($0)" }
                    let sending = Task { try? await bob.tell(ids.map { .send($0, $0, to: .user("ann")) }) }
                    while let sent = try? await bob.next("sent") {
                        safe.append(sent.id ?? "")
                        conversation = sent.conversation ?? ""
                        if safe.count % 50 == 0 { victim.program.signal(SIGKILL) }
                    }
                    await sending.value
                    // At once, on the other server.
                    let again = try await ChatClient.join(services[0], as: "bob")
                    try await again.send("\(round) back", to: .user("ann"))
                }
            }
            #expect(safe.count >= 100)
            let stored = try await services[0].history(of: conversation, as: "ann")
            #expect(stored.map(\.seq) == Array(1..<stored.count + 1) && Set(stored.map(\.id)).count == stored.count)
            #expect(Set(safe).isSubset(of: stored.map(\.id)))
            let messages = try await ann.messages(stored.count)
            #expect(messages.map(\.id) == stored.map(\.id))
        }
    }

    @Test func `one that stood still for longer than its lease goes on, with all who are connected to it`() async throws {
        try await withChatFleet(of: 2, unlimited + ["--presence-lease-seconds", "2"]) { _, services in
            let ann = try await ChatClient.join(services[0], as: "ann")
            let bob = try await ChatClient.join(services[1], as: "bob")
            try await ann.tell(.watch(["bob"]))
            #expect(try await ann.next("presence").online == true)
            services[1].program.signal(SIGSTOP)
            for number in 1...30 { try await ann.send("\(number)", to: .user("bob")) }
            #expect(try await ann.next("presence").online == false)
            for number in 31...60 { try await ann.send("\(number)", to: .user("bob")) }
            services[1].program.signal(SIGCONT)
            // Without a further one, and once each.
            #expect(try await bob.messages(60).map(\.seq) == Array(1...60))
            #expect(try await ann.next("presence").online == true)
            try await ann.send("61", to: .user("bob"))
            #expect(try await bob.next("message").seq == 61)
            try await bob.send("62", to: .user("ann"))
            #expect(try await ann.next("message").seq == 62)
        }
    }
}
