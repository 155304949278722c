import TestSupport
import Testing

/// Who does not read what he is sent.
@Suite(.slots(1))
struct SlowReaderTests {
    @Test func `he is closed with a code that says so, resumes where he was, and nobody waits for him`() async throws {
        try await withService(.chat, unlimited) { service in
            try await service.becomesReady()
            let text = String(repeating: "x", count: 16_000)
            let ann = try await ChatClient.join(service, as: "ann", patience: .seconds(60))
            let bob = try await ChatClient.join(service, as: "bob", patience: .seconds(60))
            let slow = try await ChatClient.join(service, as: "slow", receiveBuffer: 65_536, patience: .seconds(60))
            try await service.createGroup("g", ["bob", "slow"], owner: "ann")
            for _ in 1...10 { try await ann.send(text, to: .group("g")) }
            #expect(try await slow.messages(10).map(\.seq) == Array(1...10))
            try await slow.acknowledge("group.g", 10, at: service)

            try await slow.socket.connection.setReading(false)
            // More than the connection and the service keep for him.
            let count = 400
            let sending = Task {
                for begin in stride(from: 0, to: count, by: 50) {
                    try await ann.tell((begin..<begin + 50).map { .send("\($0)", text, to: .group("g")) })
                    for _ in 0..<50 { _ = try await ann.next("sent") }
                }
            }
            // Whoever reads has them all meanwhile.
            #expect(try await bob.messages(10 + count).map(\.seq) == Array(1...10 + count))
            try await sending.value
            try await slow.socket.connection.setReading(true)
            var seqs: [Int] = []
            do {
                while true { seqs.append(try await slow.next("message").seq ?? 0) }
            } catch let closed as WebSocketClient.Closed {
                #expect(closed.code == 4008 && !closed.reason.isEmpty, "\(closed)")
            }
            #expect(seqs == Array(11..<11 + seqs.count) && seqs.count < count)

            let again = try await ChatClient.join(service, as: "slow", receiveBuffer: 65_536)
            #expect(try await again.messages(count).map(\.seq) == Array(11...10 + count))
            try await ann.send("next", to: .group("g"))
            #expect(try await again.next("message").text == "next")
        }
    }

    @Test func `what he missed is read to him as fast as he takes it`() async throws {
        try await withService(.chat, unlimited) { service in
            try await service.becomesReady()
            let text = String(repeating: "x", count: 16_000)
            let ann = try await ChatClient.join(service, as: "ann")
            for _ in 0..<8 {
                try await ann.tell((0..<50).map { _ in .send(fresh("id"), text, to: .user("slow")) })
                for _ in 0..<50 { _ = try await ann.next("sent") }
            }
            let slow = try await ChatClient.join(service, as: "slow", receiveBuffer: 65_536)
            try await slow.socket.connection.setReading(false)
            // He is not in the way, and not closed though it is much more than is kept for anybody.
            for number in 401...420 { #expect(try await ann.send("\(number)", to: .user("slow")).seq == number) }
            try await slow.socket.connection.setReading(true)
            #expect(try await slow.messages(420).map(\.seq) == Array(1...420))
        }
    }
}
