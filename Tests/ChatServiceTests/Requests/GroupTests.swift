import TestSupport
import Testing

/// Groups: who is in them, and who says so.
@Suite(.service(.chat), .serialized)
struct GroupTests {
    @Test func `a group has its owner and its members, each once`() async throws {
        let service = try RunningService.shared
        let (id, ann, bob, eve) = (fresh("g"), fresh("ann"), fresh("bob"), fresh("eve"))
        let group = try await service.createGroup(id, [eve, bob], owner: ann)
        #expect(group.id == id && group.owner == ann && Set(group.members) == [ann, bob, eve] && group.members.count == 3)
        for name in [ann, bob, eve] { #expect(try await service.get("/v1/groups/\(id)", as: name, GroupBody.self) == group) }
        try expectProblem(try await service.ask("GET", "/v1/groups/\(id)", as: fresh("stranger")), 403)
        try expectProblem(try await service.ask("GET", "/v1/groups/\(fresh("none"))", as: ann), 404)

        let joe = fresh("joe")
        for _ in 0..<2 { try await service.add(joe, to: id, by: ann) }
        for _ in 0..<2 { try await service.remove(bob, from: id, by: ann) }
        #expect(Set(try await service.get("/v1/groups/\(id)", as: joe, GroupBody.self).members) == [ann, eve, joe])
        // Anyone removes himself, and nobody else.
        try await service.remove(eve, from: id, by: eve)
        for (method, member) in [("PUT", bob), ("DELETE", ann)] {
            let target = "/v1/groups/\(id)/members/\(member)"
            for user in [joe, eve, bob, fresh("stranger")] {
                try expectProblem(try await service.ask(method, target, as: user), 403)
            }
            try expectProblem(try await service.ask(method, "/v1/groups/\(fresh("none"))/members/\(member)", as: ann), 404)
        }
        #expect(Set(try await service.get("/v1/groups/\(id)", as: ann, GroupBody.self).members) == [ann, joe])
    }

    @Test func `names of any kind are members`() async throws {
        let service = try RunningService.shared
        let (id, owner) = (fresh("G.0_-"), fresh("\u{1F600} /%41"))
        let names = ["caf\u{E9}", "cafe\u{301}", "a/b", "a b", "a,b", "\u{1}", "%2F", String(repeating: "n", count: 256)]
        try await service.createGroup(id, Array(names.prefix(2)), owner: owner)
        for name in names.dropFirst(2) { try await service.add(name, to: id, by: owner) }
        let members = try await service.get("/v1/groups/\(id)", as: "a/b", GroupBody.self).members
        #expect(Set(members.map { Array($0.utf8) }) == Set((names + [owner]).map { Array($0.utf8) }))
    }

    @Test func `what everybody in it is sent comes to everybody, numbered once`() async throws {
        let service = try RunningService.shared
        let id = fresh("g")
        var clients: [ChatClient] = []
        for index in 0..<4 { clients.append(try await ChatClient.join(service, as: fresh("user \(index)"))) }
        try await service.createGroup(id, clients.dropFirst().map(\.user), owner: clients[0].user)
        var sent: [ServerFrame] = []
        for round in 0..<8 { sent.append(try await clients[round % 4].send("text \(round)", to: .group(id))) }
        #expect(sent.map(\.seq) == Array(1...8) && Set(sent.map(\.conversation)).count == 1)
        for (index, client) in clients.enumerated() {
            let messages = try await client.messages(6)
            #expect(messages.map(\.seq) == (1...8).filter { ($0 - 1) % 4 != index })
            #expect(messages.allSatisfy { $0.text == "text \(($0.seq ?? 0) - 1)" && $0.conversation == sent[0].conversation })
            let listed = try await service.conversations(of: client.user)
            #expect(listed.count == 1 && listed[0].group == id && listed[0].with == nil && listed[0].lastSeq == 8)
            #expect(listed[0].id == sent[0].conversation)
        }
    }

    @Test func `a group's name is one group's`() async throws {
        let service = try RunningService.shared
        let (id, ann) = (fresh("g"), fresh("ann"))
        try await service.createGroup(id, ["bob"], owner: ann)
        let body = #"{"id":"\#(id)","members":["bob"]}"#
        let reply = try await service.ask("POST", "/v1/groups", as: "eve", body)
        try expectProblem(reply, 409)
        #expect(try await service.get("/v1/groups/\(id)", as: ann, GroupBody.self).owner == ann)
    }

    @Test(arguments: [
        ("{", "JSON"), ("", "JSON"), ("[]", ""), ("{}", "id"), (#"{"id":7,"members":[]}"#, "id"),
        (#"{"id":"","members":[]}"#, "id"),
        (#"{"id":"a b","members":[]}"#, "id"), (#"{"id":"\u00E9","members":[]}"#, "id"), (#"{"id":"a/b","members":[]}"#, "id"),
        (#"{"id":"\#(String(repeating: "g", count: 65))","members":[]}"#, "id"), (#"{"id":"g"}"#, "members"),
        (#"{"id":"g","members":"bob"}"#, "members"), (#"{"id":"g","members":[7]}"#, "members"),
        (#"{"id":"g","members":[""]}"#, "members"), (#"{"id":"g","members":[null]}"#, "members"),
        (#"{"id":"g","members":["\#(String(repeating: "n", count: 257))"]}"#, "members"),
    ])
    func `a body that is not in order is 400, and names the field`(_ body: String, _ word: String) async throws {
        try expectProblem(try await RunningService.shared.ask("POST", "/v1/groups", as: "ann", body), 400, word)
    }
}
