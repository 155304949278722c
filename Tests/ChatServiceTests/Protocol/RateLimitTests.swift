import TestSupport
import Testing

/// 20 messages at once and 10 a second, for each user.
@Suite(.service(.chat), .serialized)
struct RateLimitTests {
    @Test func `more than 20 at once are refused, say when to come again, and are stored nowhere`() async throws {
        let service = try RunningService.shared
        let ann = try await ChatClient.join(service, as: fresh("ann"))
        let phone = try await ChatClient.join(service, as: ann.user)
        let bob = try await ChatClient.join(service, as: fresh("bob"))
        let start = ContinuousClock.now
        try await ann.tell((1...100).map { .send("a \($0)", "text", to: .user(bob.user)) })
        // The same user, however he is connected.
        try await phone.tell((1...100).map { .send("p \($0)", "text", to: .user(bob.user)) })
        var (sent, refused) = (0, [ServerFrame]())
        for client in [ann, phone] {
            for _ in 1...100 {
                let answer = try await client.next { $0.type == "sent" || $0.type == "error" }
                if answer.type == "sent" { sent += 1 } else { refused.append(answer) }
            }
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        #expect((20...Int(21 + seconds * 10)).contains(sent))
        #expect(refused.allSatisfy { $0.code == "rate-limited" && $0.id != nil && $0.detail?.isEmpty == false })
        #expect(refused.allSatisfy { (1...1000).contains($0.retryAfterMs ?? 0) }, "\(refused.first?.retryAfterMs ?? 0)")

        // Whoever is refused is not hindered in anything else, and neither is anybody else.
        let conversation = try #require(try await bob.send("mine", to: .user(ann.user)).conversation)
        try await ann.tell(.received(conversation, 1))
        try await ann.tell(.sync(conversation, after: 0, limit: 200))
        #expect(try await ann.next("synced").through == sent + 1)
        #expect(try await service.history(of: conversation, as: bob.user).count == sent + 1)

        // One that was refused may be sent again.
        guard let id = refused.last?.id else { return }
        try await eventually("one may send again", within: .seconds(30)) {
            do { return try await ann.send("again", to: .user(bob.user), id: id).seq == sent + 2 } catch is ChatClient.Refused {
                return false
            }
        }
    }
}
