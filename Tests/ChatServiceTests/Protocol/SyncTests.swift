import TestSupport
import Testing

/// Reading the log over the connection, and telling that one types.
@Suite(.service(.chat, "--send-limit", "off"), .serialized)
struct SyncTests {
    @Test func `a sync brings what was asked for, and says where it ends`() async throws {
        let service = try RunningService.shared
        let ann = try await ChatClient.join(service, as: fresh("ann"))
        let bob = try await ChatClient.join(service, as: fresh("bob"))
        var conversation = ""
        for number in 1...250 {
            conversation = try #require(try await ann.send("\(number)", to: .user(bob.user)).conversation)
        }
        _ = try await bob.messages(250)
        for (after, limit, expected) in [
            (0, 200, 1...200), (200, 200, 201...250), (0, 1, 1...1), (249, 200, 250...250), (17, 5, 18...22),
        ] {
            for client in [ann, bob] {
                try await client.tell(.sync(conversation, after: after, limit: limit))
                let messages = try await client.messages(expected.count, of: conversation)
                #expect(messages.map(\.seq) == Array(expected) && messages.map(\.text) == expected.map { "\($0)" })
                let synced = try await client.next("synced")
                #expect(synced.conversation == conversation && synced.through == expected.upperBound)
                #expect(await client.take("message").isEmpty)
            }
        }
        for after in [250, 1_000] {
            try await bob.tell(.sync(conversation, after: after, limit: 200))
            let synced = try await bob.next("synced")
            #expect((synced.through ?? 0) >= 250)
            #expect(await bob.take("message").isEmpty)
        }
    }

    @Test func `the other one is told that somebody types, and who types is not`() async throws {
        let service = try RunningService.shared
        let ann = try await ChatClient.join(service, as: fresh("ann"))
        let bob = try await ChatClient.join(service, as: fresh("bob"))
        let eve = try await ChatClient.join(service, as: fresh("eve"))
        let group = fresh("g")
        try await service.createGroup(group, [bob.user, eve.user], owner: ann.user)
        try await ann.tell(.typing(to: .user(bob.user)))
        let typing = try await bob.next("typing")
        #expect(typing.from == ann.user)
        #expect(typing.conversation == (try await ann.send(to: .user(bob.user)).conversation))
        try await bob.tell(.typing(to: .group(group)))
        for client in [ann, eve] {
            let typing = try await client.next("typing")
            #expect(typing.from == bob.user)
            #expect(typing.conversation == (try await client.send(to: .group(group)).conversation))
        }
        #expect(try await ann.settles().allSatisfy { $0.type != "typing" })
        #expect(try await bob.settles().allSatisfy { $0.type != "typing" })
        #expect(try await service.conversations(of: bob.user).count == 2)
    }
}
