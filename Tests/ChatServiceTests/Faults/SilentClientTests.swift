import TestSupport
import Testing

/// Connections of which one end is gone without a word.
@Suite(.slots(1))
struct SilentClientTests {
    @Test func `who answers nothing any more is given up, who answers pings is not`() async throws {
        try await withService(.chat, ["--ping-seconds", "1"]) { service in
            try await service.becomesReady()
            let watcher = try await ChatClient.join(service, as: "watcher")
            try await watcher.tell(.watch(["gone", "here"]))
            for _ in 0..<2 { _ = try await watcher.next("presence") }
            // Nobody reads what comes, as on a machine that has lost its power.
            let gone = try await ChatClient.join(service, as: "gone", patience: .seconds(60))
            let here = try await ChatClient.join(service, as: "here", patience: .seconds(60))
            for _ in 0..<2 { #expect(try await watcher.next("presence").online == true) }
            let listening = Task { try await here.next("message") }
            let offline = try await watcher.next("presence")
            #expect(offline.user == "gone" && offline.online == false)
            _ = try await gone.socket.connection.untilClosed()
            try await watcher.send("still here", to: .user("here"))
            #expect(try await listening.value.text == "still here")
            #expect(try await service.presence(of: "gone", "here").map(\.connections) == [0, 1])
        }
    }
}
