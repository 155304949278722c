import EmbeddedRedis
import Foundation
import TestSupport
import Testing

/// How the service ends: in an orderly way when asked.
@Suite(.slots(1))
struct StoppingTests {
    @Test(arguments: [SIGTERM, SIGINT])
    func `clients are told to go elsewhere, one after the other, and nothing that was safe is lost`(_ signal: Int32) async throws
    {
        try await withChatFleet(of: 1) { server, services in
            let arguments = ["--redis", server.url, "--drain-seconds", "3"] + unlimited
            let safe = try await withService(.chat, arguments) { victim in
                try await victim.becomesReady()
                var clients: [ChatClient] = []
                for index in 0..<30 { clients.append(try await ChatClient.join(victim, as: "user \(index)")) }
                let ends = Task { [clients] in
                    try await withThrowingTaskGroup(of: (ContinuousClock.Instant, [String]).self) { group in
                        for client in clients { group.addTask { try await self.sendToTheEnd(client) } }
                        return try await group.reduce(into: []) { $0.append($1) }
                    }
                }
                try await eventually("much is sent") {
                    try await victim.metrics().value("chat_messages_appended_total") ?? 0 > 100
                }
                victim.program.signal(signal)
                let ended = try await ends.value
                #expect(try await victim.program.exit() == .code(0), "\(victim.program.standardError)")
                let times = ended.map(\.0).sorted()
                if let first = times.first, let last = times.last { #expect(last - first > .seconds(1)) }
                return ended.flatMap(\.1)
            }
            #expect(safe.count > 100)
            var stored: Set<String> = []
            for index in 0..<30 {
                let listed = try await services[0].conversations(of: "user \(index)")
                #expect(listed.count == 1)
                for item in listed {
                    let messages = try await services[0].history(of: item.id, as: "user \(index)")
                    #expect(messages.map(\.seq) == Array(1..<messages.count + 1))
                    stored.formUnion(messages.map(\.id))
                }
            }
            #expect(Set(safe).isSubset(of: stored))
            // It said good-bye: nobody has to wait for its lease.
            let users = (0..<30).map { segment("user \($0)") }.joined(separator: ",")
            let body: PresenceBody = try await services[0].get("/v1/presence?users=\(users)", as: "somebody")
            #expect(body.presence.allSatisfy { !$0.online })
        }
    }

    /// Sends notes to himself until he is told to go.
    /// - Returns: when that was, and what was safe before.
    private func sendToTheEnd(_ client: ChatClient) async throws -> (ContinuousClock.Instant, [String]) {
        var safe: [String] = []
        do {
            while true { safe.append(try await client.send(to: .user(client.user)).id ?? "") }
        } catch let closed as WebSocketClient.Closed {
            #expect(closed.code == 1001, "\(closed)")
        } catch {
            // It went between the last answer and the next message, and said why all the same.
            #expect(try await client.socket.closed().code == 1001)
        }
        return (.now, safe)
    }

    @Test func `who does not answer, or does not read, holds nobody up`() async throws {
        try await withService(.chat, ["--drain-seconds", "0"]) { service in
            try await service.becomesReady()
            var deaf: [ChatClient] = []
            for index in 0..<10 {
                deaf.append(try await ChatClient.join(service, as: "deaf \(index)", receiveBuffer: 4096))
                try await deaf[index].socket.connection.setReading(false)
            }
            service.program.signal(SIGTERM)
            #expect(try await service.program.exit(within: .seconds(25)) == .code(0), "\(service.program.standardError)")
        }
    }
}
