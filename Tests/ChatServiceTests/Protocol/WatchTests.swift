import TestSupport
import Testing

/// Who is there.
@Suite(.service(.chat), .serialized)
struct WatchTests {
    @Test func `watching is answered at once for each, and then with each change`() async throws {
        let service = try RunningService.shared
        let (ann, bob) = (fresh("ann"), fresh("bob"))
        let watcher = try await ChatClient.join(service, as: fresh("watcher"))
        let early = try await ChatClient.join(service, as: bob)
        try await watcher.tell(.watch([ann, bob]))
        var answers: [String: Bool] = [:]
        for _ in 0..<2 {
            let presence = try await watcher.next("presence")
            answers[try #require(presence.user)] = presence.online
        }
        #expect(answers == [ann: false, bob: true])

        for _ in 0..<3 {
            let desk = try await ChatClient.join(service, as: ann)
            let online = try await watcher.next("presence")
            #expect(online.user == ann && online.online == true)
            let phone = try await ChatClient.join(service, as: ann)
            try await desk.leave()
            #expect(try await watcher.settles().isEmpty, "one device is left")
            #expect(try await service.presence(of: ann).map(\.connections) == [1])
            try await phone.leave()
            let offline = try await watcher.next("presence")
            #expect(offline.user == ann && offline.online == false && offline.lastSeenAt?.isTime == true, "\(offline)")
        }
        try await early.socket.connection.reset()
        #expect(try await watcher.next("presence").user == bob)
        #expect(await watcher.kept.isEmpty)

        // Asked again it answers again.
        try await watcher.tell(.watch([bob, bob]))
        #expect(try await watcher.next("presence").online == false)
    }

    @Test func `one may watch oneself, and a thousand others`() async throws {
        let service = try RunningService.shared
        let watcher = try await ChatClient.join(service, as: fresh("watcher"))
        let names = (1..<500).map { "nobody \($0)" }
        try await watcher.tell(.watch(names + [watcher.user]))
        var online: Set<String> = []
        var asked: Set<String> = []
        for _ in 0..<500 {
            let presence = try await watcher.next("presence")
            asked.insert(try #require(presence.user))
            if presence.online == true { online.insert(try #require(presence.user)) }
        }
        #expect(online == [watcher.user] && asked == Set(names + [watcher.user]))
    }
}
