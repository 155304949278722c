import EmbeddedRedis
import TestSupport
import Testing

/// Who is no member any more has no part in anything, from that moment on.
@Suite(.slots(2))
struct RemovalTests {
    /// With a threshold that the group is below, and one that it is above.
    @Test(arguments: ["1000", "2"])
    func `nothing that is sent after a removal arrives, and everything before it does`(_ threshold: String) async throws {
        try await withChatFleet(of: 2, unlimited + ["--fanout-threshold", threshold]) { _, services in
            try await services[0].createGroup("g", ["bob", "eve"], owner: "ann")
            let ann = try await ChatClient.join(services[0], as: "ann")
            let devices = [
                try await ChatClient.join(services[0], as: "bob"), try await ChatClient.join(services[1], as: "bob"),
            ]
            let eve = try await ChatClient.join(services[1], as: "eve")
            // A stream of messages in the middle of which he is removed.
            let stream = Task {
                var last = 0
                while !Task.isCancelled { last = try await ann.send("stream", to: .group("g")).seq ?? 0 }
                return last
            }
            _ = try await eve.messages(20)
            let before = try await eve.send("before", to: .group("g")).seq ?? 0
            try await services[1].remove("bob", from: "g", by: "ann")
            let after = try await eve.send("after", to: .group("g")).seq ?? 0
            _ = try await eve.messages(60)
            stream.cancel()
            let last = try await stream.value
            #expect(last > after + 20)

            for device in devices {
                // Another conversation goes on.
                try await ann.send("marker", to: .user("bob"))
                _ = try await device.next { $0.text == "marker" }
                let seqs = await device.take("message").filter { $0.conversation == "group.g" }.compactMap(\.seq)
                #expect(
                    seqs == Array(1..<seqs.count + 1) && seqs.count >= before && seqs.count < after, "\(before) \(seqs) \(after)")
                for frame in [
                    ClientFrame.send("x", "text", to: .group("g")), .sync("group.g", after: 0, limit: 10),
                    .typing(to: .group("g")),
                    .received("group.g", 1), .read("group.g", 1),
                ] {
                    try await device.tell(frame)
                    #expect(try await device.next("error").id == frame.id)
                }
            }
            for service in services { try await self.isNothing("bob", at: service) }
            // Nor does he get the rest of what he had not received.
            let again = try await ChatClient.join(services[0], as: "bob")
            _ = try await again.next { $0.text == "marker" }
            #expect(try await again.settles().allSatisfy { $0.conversation != "group.g" })

            // Back again, what is sent from now on is his.
            try await services[1].add("bob", to: "g", by: "ann")
            let back = try await ann.send("back", to: .group("g"))
            for device in devices + [again] { #expect(try await device.next { $0.text == "back" }.seq == back.seq) }
            #expect(try await eve.next { $0.text == "back" }.seq == back.seq)
        }
    }

    private func isNothing(_ name: String, at service: RunningService) async throws {
        for target in ["/v1/groups/g", "/v1/conversations/group.g/messages", "/v1/conversations/group.g/receipts"] {
            try expectProblem(try await service.ask("GET", target, as: name), 403)
        }
        for method in ["PUT", "DELETE"] {
            try expectProblem(try await service.ask(method, "/v1/groups/g/members/\(name)", as: "stranger"), 403)
        }
        #expect(try await service.conversations(of: name).allSatisfy { $0.group != "g" })
    }
}
