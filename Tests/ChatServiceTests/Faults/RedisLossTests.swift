import EmbeddedRedis
import Foundation
import Redis
import TestSupport
import Testing

/// Redis hangs, goes, and comes back.
@Suite(.slots(1))
struct RedisLossTests {
    private static let requests: [(method: String, target: String, body: String?)] = [
        ("POST", "/v1/groups", #"{"id":"h","members":[]}"#), ("GET", "/v1/groups/g", nil),
        ("PUT", "/v1/groups/g/members/eve", nil),
        ("DELETE", "/v1/groups/g/members/bob", nil), ("GET", "/v1/conversations", nil),
        ("GET", "/v1/conversations/group.g/messages", nil), ("GET", "/v1/conversations/group.g/receipts", nil),
        ("GET", "/v1/presence?users=bob", nil),
    ]

    @Test func `without it requests are 503, connections stay, and go on when it is back`() async throws {
        try await withChatFleet(durability: .always) { server, services in
            try await services[0].createGroup("g", ["bob"], owner: "ann")
            let ann = try await ChatClient.join(services[0], as: "ann")
            let bob = try await ChatClient.join(services[1], as: "bob")
            try await ann.tell(.watch(["bob"]))
            _ = try await ann.next("presence")
            for number in 1...5 { try await ann.send("\(number)", to: .group("g")) }
            await server.kill()
            for service in services { try await service.becomesUnready() }
            for (method, target, body) in Self.requests {
                try expectProblem(try await services[1].ask(method, target, as: "ann", body), 503)
            }
            try await server.restart()
            // Nobody is said to be gone who is not.
            try await eventually("presence is known again", within: .seconds(15)) {
                let reply = try await services[0].ask("GET", "/v1/presence?users=ann,bob", as: "ann")
                guard reply.status == 200 else { return false }
                let body: PresenceBody = try reply.json()
                #expect(body.presence.allSatisfy { $0.online }, "\(reply)")
                return true
            }
            for service in services { try await service.becomesReady() }
            for number in 6...10 { try await ann.send("\(number)", to: .group("g")) }
            #expect(try await bob.messages(10).map(\.text) == (1...10).map { "\($0)" })
            #expect(try await ann.settles().allSatisfy { $0.type != "presence" })
        }
    }

    @Test func `while it hangs a message is either safe or refused, and sent again it is one`() async throws {
        try await withChatFleet(durability: .always) { server, services in
            let ann = try await ChatClient.join(services[0], as: "ann", patience: .seconds(60))
            let bob = try await ChatClient.join(services[1], as: "bob", patience: .seconds(60))
            for round in 0..<2 {
                server.pause()
                try await services[0].becomesUnready()
                let ids = (0..<3).map { "\(round) \($0)" }
                try await ann.tell(ids.map { .send($0, $0, to: .user("bob")) })
                for id in ids {
                    let answer = try await ann.next { $0.id == id }
                    #expect(answer.type == "error" && answer.code == "unavailable", "\(answer)")
                }
                server.resume()
                for service in services { try await service.becomesReady() }
                for id in ids {
                    try await eventually("\(id) is safe", within: .seconds(20)) {
                        do { return try await ann.send(id, to: .user("bob"), id: id).id == id } catch is ChatClient.Refused {
                            return false
                        }
                    }
                }
            }
            // Not once they are many.
            let messages = try await bob.messages(6)
            #expect(messages.map(\.seq) == Array(1...6) && Set(messages.map(\.id)).count == 6)
            #expect(try await bob.settles().allSatisfy { $0.type != "message" })
            #expect(try await services[1].history(of: try #require(messages[0].conversation), as: "bob").count == 6)
        }
    }

    @Test func `without it at the start it runs, and who comes then waits until he is welcome`() async throws {
        try await withTemporaryFolder { folder in
            try await withService(.chat, ["--redis", "redis+unix://\(folder)/redis.sock"]) { service in
                try await service.becomesUnready()
                let socket = try await WebSocketClient.connect(port: service.port, "/v1/ws?user=ann", patience: .seconds(60))
                try await socket.send(try ClientFrame.send("early", "text", to: .user("ann")).json)
                let server = try await EmbeddedRedis.start(.init(directory: folder))
                try await service.becomesReady()
                let ann = try await ChatClient.welcomed(socket, as: "ann")
                #expect(try await ann.next("sent").id == "early")
                server.pause()
                try await service.becomesUnready()
                server.resume()
                try await service.becomesReady()
                #expect(try await ann.send(to: .user("ann")).seq == 2)
                await server.stop()
            }
        }
    }

    @Test func `what was published and did not arrive is found out, without a message that follows`() async throws {
        try await withChatFleet { server, services in
            try await withClient(of: server) { redis in
                let ann = try await ChatClient.join(services[0], as: "ann")
                let bob = try await ChatClient.join(services[1], as: "bob")
                var total = 0
                for _ in 0..<5 {
                    for number in 0..<20 {
                        try await ann.send("text", to: .user("bob"))
                        total += 1
                        if number % 7 == 3 { try await self.cutSubscriptions(redis) }
                    }
                    #expect(try await bob.messages(20).map(\.seq) == Array(total - 19...total))
                }
            }
        }
    }

    @Test func `when it has lost everything, no number comes again, and another epoch tells of it`() async throws {
        try await withChatFleet { server, services in
            try await withClient(of: server) { redis in
                let ann = try await ChatClient.join(services[0], as: "ann")
                let bob = try await ChatClient.join(services[1], as: "bob")
                for number in 1...5 { try await ann.send("\(number)", to: .user("bob")) }
                let before = try await bob.messages(5)
                #expect(before.map(\.seq) == Array(1...5) && Set(before.map(\.epoch)).count == 1 && before[0].epoch != nil)
                _ = try await redis.send(RedisCommand("FLUSHALL"))
                for number in 6...9 {
                    try await eventually("one can send again") {
                        do {
                            try await ann.send("\(number)", to: .user("bob"), id: "\(number)")
                            return true
                        } catch is ChatClient.Refused {
                            return false
                        }
                    }
                }
                let after = try await bob.messages(4)
                #expect(after.map(\.text) == ["6", "7", "8", "9"])
                #expect(Set((before + after).map(\.seq)).count == 9 && Set(after.map(\.epoch)).count == 1)
                #expect(after[0].epoch != nil && after[0].epoch != before[0].epoch)
            }
        }
    }

    /// Cuts every connection on which a server listens.
    private func cutSubscriptions(_ redis: RedisClient) async throws {
        let clients: String = try await redis.send(RedisCommand("CLIENT", "LIST")).decode()
        for line in clients.split(separator: "\n") where line.contains(" sub=") && !line.contains(" sub=0 ") {
            guard let id = line.split(separator: " ").first?.dropFirst("id=".count) else { continue }
            _ = try? await redis.send(RedisCommand("CLIENT", "KILL", "ID", String(id)))
        }
    }

    @Test(
        arguments: [
            (["CONFIG", "SET", "maxmemory", "1"], ["CONFIG", "SET", "maxmemory", "0"]),
            (["ACL", "SETUSER", "default", "resetchannels"], ["ACL", "SETUSER", "default", "allchannels"]),
        ])
    func `one that does not do all that it should is not ready`(_ spoil: [String], _ mend: [String]) async throws {
        try await withRedis { server, redis in
            try await withService(.chat, ["--redis", server.url]) { service in
                try await service.becomesReady()
                _ = try await redis.send(RedisCommand(spoil[0], arguments: spoil.dropFirst().map { $0 }))
                try await service.becomesUnready(saying: "")
                _ = try await redis.send(RedisCommand(mend[0], arguments: mend.dropFirst().map { $0 }))
                try await service.becomesReady()
                let ann = try await ChatClient.join(service, as: "ann")
                try await ann.send(to: .user("ann"))
            }
        }
    }
}
