import EmbeddedRedis
import Redis
import TestSupport
import Testing

@testable import Chat

@Suite("The run that never forgets", .serialized)
struct NeverForgetsTests {
    @Test("Users send, acknowledge and come back while servers and Redis are gone, stand still, and come back")
    func run() async throws {
        try await withRedis(durability: .always) { redisServer, redis in
            var random = SeededGenerator()
            var configuration = ChatConfiguration()
            (configuration.presenceLease, configuration.redisDeadline) = (.seconds(3), .milliseconds(500))
            configuration.fanoutThreshold = 4
            let fleet = try MortalFleet(of: 3, url: redisServer.url, configuration: configuration)
            for server in fleet.all { try await server.becomesReady() }
            let names: [UserName] = ["ann", "bob", "eve", "joe", "sue", "tom"]
            let store = ConversationStore(redis: redis, configuration: configuration)
            // One is noted with its members, the other is looked for in its log.
            _ = try await store.createGroup("small", members: Array(names.prefix(3)), owner: names[0])
            _ = try await store.createGroup("large", members: names, owner: names[0])
            let users = names.enumerated().map { index, name in
                let others = names.filter { $0 != name }.map { Recipient.user($0) }
                let groups: [Recipient] = index < 3 ? [.group("small"), .group("large")] : [.group("large")]
                return RestlessUser(name, fleet: fleet, recipients: others + groups + groups, seed: random.next())
            }
            let living = users.map { user in Task { await user.live() } }
            for _ in 0..<14 {
                try await Task.sleep(for: .milliseconds(Int.random(in: 100...800, using: &random)))
                try await harm(redisServer, fleet, redis, &random)
            }
            for task in living { task.cancel() }
            for task in living { await task.value }
            try await redis.reconnects()

            // What is unsent is sent first, so that there is nothing new after it.
            for user in users { try await user.settle { _ in true } }
            let logs = try await allLogs(names, store)
            for user in users {
                let expected = logs.filter { $0.value.members.contains(user.name) }
                try await user.settle { log in expected.allSatisfy { log[$0.key, default: [:]].count >= $0.value.messages.count }
                }
            }
            await fleet.stop()
            try await check(users, logs, "\(random)")
        }
    }

    private func harm(
        _ redisServer: EmbeddedRedis, _ fleet: MortalFleet, _ redis: RedisClient, _ random: inout SeededGenerator
    ) async throws {
        switch Int.random(in: 0..<5, using: &random) {
        case 0:
            await redisServer.kill()
            try await redisServer.restart()
        case 1:
            redisServer.pause()
            try await Task.sleep(for: .milliseconds(Int.random(in: 100...4000, using: &random)))
            redisServer.resume()
        case 2, 3: try await fleet.replace(&random)
        default:
            guard let clients = try? await redis.send(RedisCommand("CLIENT", "LIST")).decode(as: String.self) else { return }
            for line in clients.split(separator: "\n") where line.contains("-subscriptions ") {
                guard let id = line.split(separator: " ").first?.dropFirst("id=".count) else { continue }
                _ = try? await redis.send(RedisCommand("CLIENT", "KILL", "ID", String(id)))
            }
        }
    }

    private struct Log {
        let members: Set<UserName>
        let messages: [Message]
    }

    private func allLogs(_ names: [UserName], _ store: ConversationStore) async throws -> [ConversationID: Log] {
        var logs: [ConversationID: Log] = [:]
        for (index, one) in names.enumerated() {
            for other in names[(index + 1)...] {
                let conversation = ConversationID.pair(one, other)
                guard let messages = try? await store.allMessages(of: conversation, for: one) else { continue }
                logs[conversation] = Log(members: [one, other], messages: messages)
            }
        }
        let groups: [(GroupID, ArraySlice<UserName>)] = [("small", names.prefix(3)), ("large", names[...])]
        for (group, members) in groups {
            let conversation = ConversationID.group(group)
            logs[conversation] = Log(
                members: Set(members), messages: try await store.allMessages(of: conversation, for: members[0]))
        }
        return logs
    }

    private func check(_ users: [RestlessUser], _ logs: [ConversationID: Log], _ seed: String) async throws {
        var safe: Set<String> = []
        for user in users { safe.formUnion(await user.safe) }
        var stored: [String] = []
        for (conversation, log) in logs {
            #expect(log.messages.map(\.seq) == Array(1..<(log.messages.count + 1)), "\(conversation.text), \(seed)")
            stored += log.messages.map(\.id)
        }
        #expect(Set(stored).count == stored.count, "once each, \(seed)")
        #expect(safe.subtracting(stored).isEmpty, "\(seed)")
        #expect(stored.count > 200)
        for user in users {
            #expect(await user.faults == [], "\(seed)")
            for (conversation, log) in await user.log {
                let expected = logs[conversation]?.messages.map(\.id) ?? []
                #expect(
                    (1..<(expected.count + 1)).map { log[$0] } == expected, "\(user.name.text), \(conversation.text), \(seed)")
            }
            for (number, connection) in await user.connections.enumerated() {
                for (conversation, seqs) in connection {
                    guard let first = seqs.first, let last = seqs.last, let log = logs[conversation] else { continue }
                    let place = "\(user.name.text)'s connection \(number), \(conversation.text), \(seed)"
                    #expect(zip(seqs, seqs.dropFirst()).allSatisfy { $0 < $1 }, "\(place)")
                    // Only what he has sent himself may be left out.
                    let others = log.messages.filter { $0.from != user.name && (first...last).contains($0.seq) }.map(\.seq)
                    #expect(Set(others).isSubset(of: seqs), "\(place)")
                }
            }
        }
    }
}
