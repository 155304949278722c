import EmbeddedRedis
import TestSupport
import Testing

/// A group grows over the threshold of fan-out and shrinks below it, and nobody can tell.
@Suite(.slots(2))
struct ThresholdTests {
    @Test func `crossing it in either direction, while messages are sent, loses nothing`() async throws {
        try await withChatFleet(of: 2, unlimited + ["--fanout-threshold", "10"]) { _, services in
            // Some are there all the time, some only at the end, some come back now and then.
            let founders = (0..<8).map { "founder \($0)" }
            try await services[0].createGroup("g", Array(founders.dropFirst()), owner: founders[0])
            let sender = try await ChatClient.join(services[0], as: founders[0])
            let second = try await ChatClient.join(services[1], as: founders[1])
            let listener = try await ChatClient.join(services[1], as: founders[2])
            var received = 0

            for round in 0..<3 {
                let stream = Task {
                    while !Task.isCancelled {
                        try await sender.send("stream", to: .group("g"))
                        try await second.send("stream", to: .group("g"))
                    }
                }
                let guests = (0..<6).map { "guest \($0)" }
                for (index, guest) in guests.enumerated() {
                    try await services[index % 2].add(guest, to: "g", by: founders[0])
                }
                // Above it, one comes back, acknowledges a part, and goes.
                let visitor = try await ChatClient.join(services[round % 2], as: founders[3])
                let missed = try await visitor.messages(10)
                #expect(missed.map(\.seq) == Array(received + 1...received + 10))
                received += 10
                try await visitor.acknowledge("group.g", received, at: services[0])
                try await visitor.leave()
                for (index, guest) in guests.enumerated() {
                    try await services[index % 2].remove(guest, from: "g", by: founders[0])
                }
                stream.cancel()
                _ = await stream.result
            }
            let total = try await sender.send("last", to: .group("g")).seq ?? 0
            let stored = try await services[1].history(of: "group.g", as: founders[7])
            #expect(stored.map(\.seq) == Array(1...total) && total > 60)
            let modes = try await services[0].metrics().value("chat_group_modes_changed_total") ?? 0
            let others = try await services[1].metrics().value("chat_group_modes_changed_total") ?? 0
            #expect(modes + others >= 6)

            #expect(try await listener.messages(total).map(\.seq) == Array(1...total))
            for (index, founder) in founders.enumerated().dropFirst(3) {
                let client = try await ChatClient.join(services[index % 2], as: founder)
                let first = founder == founders[3] ? received + 1 : 1
                let messages = try await client.messages(total - first + 1)
                #expect(messages.map(\.seq) == Array(first...total), "\(founder)")
                #expect(messages.map(\.id) == stored.suffix(messages.count).map(\.id))
            }
        }
    }

    @Test func `who joins while the group grows has everything from then on`() async throws {
        try await withChatFleet(of: 2, unlimited + ["--fanout-threshold", "3"]) { _, services in
            try await services[0].createGroup("g", [], owner: "owner")
            let owner = try await ChatClient.join(services[0], as: "owner")
            var joined: [(name: String, after: Int)] = []
            for index in 0..<8 {
                let last = try await owner.send("\(index)", to: .group("g")).seq ?? 0
                try await services[1].add("member \(index)", to: "g", by: "owner")
                joined.append(("member \(index)", last))
            }
            let total = try await owner.send("last", to: .group("g")).seq ?? 0
            #expect(total == 9)
            for (index, (name, after)) in joined.enumerated() {
                let client = try await ChatClient.join(services[index % 2], as: name)
                // Perhaps what was said before as well, but nothing is left out.
                let messages = try await client.next { $0.type == "message" && $0.seq == total }
                var seqs = await client.take("message").compactMap(\.seq)
                seqs.append(try #require(messages.seq))
                #expect(seqs == Array((seqs.first ?? 0)...total) && seqs.first ?? .max <= after + 1, "\(name): \(seqs)")
                #expect(try await services[0].history(of: "group.g", as: name).count == total)
            }
        }
    }
}
