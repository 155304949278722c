import EmbeddedRedis
import Foundation
import Redis
import TestSupport
import Testing

/// The run that never forgets.
@Suite(.slots(2))
struct NeverForgetsTests {
    private static let names = ["ann", "bob", "eve", "joe", "sue", "tom"]
    /// One is noted with its members, the other is above the threshold.
    private static let groups = ["small": Array(names.prefix(3)), "large": names]
    private static let arguments =
        unlimited + ["--fanout-threshold", "4", "--presence-lease-seconds", "3", "--drain-seconds", "1"]

    private struct Log {
        let members: Set<String>
        let messages: [MessagesBody.Message]
    }

    @Test func `users send, acknowledge and come back while servers and Redis are killed, stand still, and come back`()
        async throws
    {
        let server = try await EmbeddedRedis.temporary(durability: .always)
        let fleet = MortalFleet(of: 3, ["--redis", server.url] + Self.arguments)
        let running = Task { await fleet.run() }
        do {
            try await self.run(server, fleet)
        } catch {
            running.cancel()
            await running.value
            await server.stop()
            throw error
        }
        running.cancel()
        await running.value
        await server.stop()
    }

    private func run(_ server: EmbeddedRedis, _ fleet: MortalFleet) async throws {
        var random = SeededGenerator()
        print("The run that never forgets: \(random)")
        try await readiness(of: fleet)
        for (group, members) in Self.groups { try await fleet.services[0].createGroup(group, members, owner: "ann") }
        let users = Self.names.map { name in
            let others = Self.names.filter { $0 != name }.map { Target.user($0) }
            let groups = Self.groups.filter { $0.value.contains(name) }.keys.sorted().map { Target.group($0) }
            return RestlessUser(name, others + groups + groups, fleet: fleet, seed: random.next())
        }
        let living = users.map { user in Task { await user.live() } }
        let end = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(Int.random(in: 50...600, using: &random)))
            try await harm(server, fleet, &random)
        }
        for task in living { task.cancel() }
        for task in living { await task.value }
        try await readiness(of: fleet)

        // What is not safe yet is sent first, so that nothing new comes after it.
        try await withThrowingTaskGroup { group in
            for user in users { group.addTask { try await user.settle() } }
            try await group.waitForAll()
        }
        let logs = try await readLogs(try #require(fleet.services.first))
        try await withThrowingTaskGroup { group in
            for user in users {
                let counts = logs.filter { $0.value.members.contains(user.name) }.mapValues(\.messages.count)
                group.addTask { try await user.settle(counts) }
            }
            try await group.waitForAll()
        }
        var connections = 0
        for user in users { connections += await user.visits.count { $0.isWelcome } }
        print("\(logs.values.map(\.messages.count).reduce(0, +)) messages, \(connections) connections, \(fleet.starts) servers")
        #expect(fleet.faults == [], "\(random)")
        try await check(users, logs, "\(random)")
    }

    private func readiness(of fleet: MortalFleet) async throws {
        try await eventually("all servers are ready", within: .seconds(30)) {
            guard fleet.services.count == 3 else { return false }
            for service in fleet.services where try await !service.isReady() { return false }
            return true
        }
    }

    private func harm(_ server: EmbeddedRedis, _ fleet: MortalFleet, _ random: inout SeededGenerator) async throws {
        switch Int.random(in: 0..<8, using: &random) {
        case 0:
            await server.kill()
            try await Task.sleep(for: .milliseconds(random.pick([0, 0, 1000])))
            try await server.restart()
        case 1:
            server.pause()
            try await Task.sleep(for: .milliseconds(Int.random(in: 50...2000, using: &random)))
            server.resume()
        case 2...4: fleet.end(with: SIGKILL, &random)
        case 5: fleet.end(with: SIGTERM, &random)
        default: try await fleet.pause(for: .milliseconds(random.pick([50, 500, 1500, 4000])), &random)
        }
    }

    private func readLogs(_ service: RunningService) async throws -> [String: Log] {
        var logs: [String: Log] = [:]
        for name in Self.names {
            for item in try await service.conversations(of: name) where logs[item.id] == nil {
                let members = item.group.flatMap { Self.groups[$0] } ?? [name, item.with ?? ""]
                let messages = try await service.history(of: item.id, as: name)
                #expect(item.lastSeq == messages.count)
                logs[item.id] = Log(members: Set(members), messages: messages)
            }
        }
        return logs
    }

    private func check(_ users: [RestlessUser], _ logs: [String: Log], _ seed: String) async throws {
        var stored: [String: RestlessUser.Place] = [:]
        for (conversation, log) in logs {
            #expect(log.messages.map(\.seq) == Array(1..<log.messages.count + 1), "\(conversation), \(seed)")
            for message in log.messages {
                let known = stored.updateValue(.init(conversation: conversation, seq: message.seq), forKey: message.id)
                #expect(known == nil, "\(message.id) is there twice, \(seed)")
            }
        }
        #expect(stored.count > 200)
        for user in users {
            #expect(await user.faults == [], "\(seed)")
            let missing = await user.safe.filter { stored[$0.key] != $0.value }
            #expect(missing.isEmpty, "safe, and not there: \(missing), \(seed)")
            for (conversation, log) in logs where log.members.contains(user.name) {
                let expected = log.messages.map { "\($0.from): \($0.id)" }
                let given = await user.log[conversation] ?? [:]
                #expect(
                    given.count == expected.count && (1..<expected.count + 1).map { given[$0] } == expected,
                    "\(user.name), \(conversation), \(seed)")
            }
            #expect(await Set(user.log.keys).isSubset(of: logs.keys), "\(seed)")
            for (number, visit) in await user.visits.enumerated() { check(visit, of: user.name, logs, "\(number), \(seed)") }
        }
    }

    /// On each connection each message comes once, in order, and none of others is left out.
    private func check(_ visit: RestlessUser.Visit, of name: String, _ logs: [String: Log], _ place: String) {
        for (conversation, seqs) in visit.given {
            guard let last = seqs.last, let log = logs[conversation] else { continue }
            let place = "\(name)'s connection \(place), \(conversation): \(seqs)"
            #expect(zip(seqs, seqs.dropFirst()).allSatisfy { $0 < $1 }, "\(place)")
            let begin = visit.acknowledged[conversation] ?? 0
            let others = log.messages.filter { $0.from != name && $0.seq > begin && $0.seq <= last }.map(\.seq)
            #expect(Set(others).isSubset(of: seqs), "after \(begin), \(place)")
        }
        for seqs in visit.sent.values { #expect(zip(seqs, seqs.dropFirst()).allSatisfy { $0 < $1 }, "\(name)'s \(place)") }
    }
}
