import TestSupport
import Testing

/// What conversations there are, and what was said in them.
@Suite(.service(.chat, "--send-limit", "off"), .serialized)
struct ConversationTests {
    @Test func `conversations are listed in parts, each once, with whom they are`() async throws {
        let service = try RunningService.shared
        let ann = try await ChatClient.join(service, as: fresh("ann"))
        #expect(try await service.get("/v1/conversations", as: ann.user, ConversationsBody.self).conversations.isEmpty)
        var expected: [String: String] = [:]
        for index in 0..<23 {
            let (name, isGroup) = (fresh("other"), index % 3 == 0)
            if isGroup { try await service.createGroup(name, ["bob"], owner: ann.user) }
            for _ in 0...index % 4 {
                let sent = try await ann.send(to: isGroup ? .group(name) : .user(name))
                expected[try #require(sent.conversation)] = "\(isGroup) \(name) \(index % 4 + 1)"
            }
        }
        for limit in [1, 5, 100] {
            let listed = try await service.conversations(of: ann.user, limit: limit)
            #expect(listed.count == 23)
            var found: [String: String] = [:]
            for item in listed {
                #expect((item.with == nil) != (item.group == nil) && item.unread == 0)
                found[item.id] = "\(item.group != nil) \(item.group ?? item.with ?? "") \(item.lastSeq)"
            }
            #expect(found == expected)
        }
        // Both are written, also the one that there is not.
        let reply = try await service.ask("GET", "/v1/conversations?limit=100", as: ann.user)
        #expect(reply.text.contains(#""with":null"#) && reply.text.contains(#""group":null"#))
        #expect(reply.text.contains(#""nextCursor":null"#) || !reply.text.contains("nextCursor"))
    }

    @Test func `history comes oldest first, as much as is asked for`() async throws {
        let service = try RunningService.shared
        let ann = try await ChatClient.join(service, as: fresh("ann"))
        let bob = fresh("bob")
        var sent: [ServerFrame] = []
        for number in 1...230 { sent.append(try await ann.send("\(number)", to: .user(bob))) }
        let conversation = try #require(sent[0].conversation)
        let target = "/v1/conversations/\(segment(conversation))/messages"
        for limit in [1, 100, 200] {
            let part = try await service.get("\(target)?after=10&limit=\(limit)", as: bob, MessagesBody.self).messages
            #expect(part.map(\.seq) == Array(11..<11 + limit))
        }
        let all = try await service.history(of: conversation, as: bob)
        #expect(all.map(\.seq) == sent.map(\.seq) && all.map(\.id) == sent.map(\.id) && all.map(\.at) == sent.map(\.at))
        #expect(all.allSatisfy { $0.from == ann.user && $0.text == "\($0.seq)" })
        #expect(try await service.history(of: conversation, as: bob, after: 230).isEmpty)
        #expect(try await service.history(of: conversation, as: bob, after: 1_000_000).isEmpty)
        // What one has not asked for has a size, too.
        #expect(try await (1...200).contains(service.get(target, as: bob, MessagesBody.self).messages.count))
    }

    @Test(arguments: [
        ("messages?limit=0", "limit"), ("messages?limit=201", "limit"), ("messages?limit=-1", "limit"),
        ("messages?limit=x", "limit"),
        ("messages?limit=1.0", "limit"), ("messages?after=-1", "after"), ("messages?after=x", "after"),
        ("messages?after=99999999999999999999", "after"),
    ])
    func `a part that cannot be is 400`(_ path: String, _ word: String) async throws {
        let service = try RunningService.shared
        let ann = try await ChatClient.join(service, as: fresh("ann"))
        let conversation = try #require(try await ann.send(to: .user("bob")).conversation)
        try expectProblem(
            try await service.ask("GET", "/v1/conversations/\(segment(conversation))/\(path)", as: ann.user), 400, word)
    }

    @Test(arguments: ["?limit=0", "?limit=x", "?cursor=x%00y", "?cursor=%F0%9F%98%80"])
    func `so is a part of the list`(_ query: String) async throws {
        let reply = try await RunningService.shared.ask("GET", "/v1/conversations\(query)", as: "ann")
        try expectProblem(reply, 400, query.contains("limit") ? "limit" : "cursor")
    }

    @Test func `conversations of others are 403, and what is none is not found`() async throws {
        let service = try RunningService.shared
        let ann = try await ChatClient.join(service, as: fresh("ann"))
        let group = fresh("g")
        try await service.createGroup(group, [], owner: ann.user)
        for target in [Target.user("bob"), .group(group)] {
            let conversation = try #require(try await ann.send("secret", to: target).conversation)
            for path in ["messages", "messages?after=0&limit=10", "receipts"] {
                let reply = try await service.ask("GET", "/v1/conversations/\(segment(conversation))/\(path)", as: "eve")
                try expectProblem(reply, 403)
                #expect(!reply.text.contains("secret"))
            }
        }
        for id in ["group.\(fresh("none"))", "nothing", "%00", "user.AAAAAAAAAAAAAAAAAAAAAA"] {
            for path in ["messages", "receipts"] {
                let reply = try await service.ask("GET", "/v1/conversations/\(id)/\(path)", as: ann.user)
                try expectProblem(reply, reply.status)
                #expect([400, 403, 404].contains(reply.status), "\(reply)")
            }
        }
    }
}
