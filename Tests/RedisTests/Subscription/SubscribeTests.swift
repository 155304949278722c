import EmbeddedRedis
@testable import Redis
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct SubscribeTests {
    private func message(_ number: Int, _ channel: String = "c") -> RedisSubscriptionEvent {
        .message(RedisMessage(channel: channel, payload: Array("\(number)".utf8)))
    }

    @Test func messagesComeInOrder() async throws {
        try await withRedis { _, client in
            try await client.subscribe(to: ["c"]) { subscription async throws in
                #expect(await subscription.next() == .subscribed)
                for number in 0..<500 { #expect(try await client.publish(number, to: "c") == 1) }
                for number in 0..<500 { #expect(await subscription.next() == message(number)) }
            }
        }
    }

    @Test func comesBackAfterTheServerWasKilled() async throws {
        try await withRedis(configure: { $0.deadline = .seconds(2) }) { server, client in
            try await client.subscribe(to: ["c", "d"]) { subscription in
                #expect(await subscription.next() == .subscribed)
                for round in 0..<3 {
                    await server.kill()
                    #expect(await subscription.next() == .interrupted)
                    try await server.restart()
                    #expect(await subscription.next() == .subscribed)
                    try await eventually { try await client.publish(round, to: "d") == 1 }
                    #expect(await subscription.next() == message(round, "d"))
                }
            }
        }
    }

    @Test func comesBackAfterItsConnectionWasKilled() async throws {
        try await withRedis { _, client in
            try await client.subscribe(to: ["c"]) { subscription async throws in
                #expect(await subscription.next() == .subscribed)
                for round in 0..<5 {
                    #expect(try await client.send(RedisCommand("CLIENT", "KILL", "TYPE", "pubsub")) == .integer(1))
                    #expect(await subscription.next() == .interrupted)
                    #expect(await subscription.next() == .subscribed)
                    #expect(try await client.publish(round, to: "c") == 1)
                    #expect(await subscription.next() == message(round))
                }
            }
        }
    }

    @Test func noMessageGoesMissingUntold() async throws {
        try await withRedis { _, client in
            let isPublishing = Tally()
            let publisher = Task {
                var number = 0
                while !isPublishing.isStopped {
                    number += 1
                    _ = try? await client.publish(number, to: "c")
                }
            }
            try await client.subscribe(to: ["c"], bufferedMessages: 1_000_000) { subscription in
                var last: Int?
                var (messages, gaps) = (0, 0)
                while messages < 2_000 || gaps < 3 {
                    switch await subscription.next() {
                    case .message(let message):
                        let number = try #require(Int(message.text))
                        if let last { #expect(number == last + 1) }
                        last = number
                        messages += 1
                        if messages % 500 == 0 { _ = try await client.send(RedisCommand("CLIENT", "KILL", "TYPE", "pubsub")) }
                    case .interrupted:
                        gaps += 1
                        last = nil
                    case .subscribed: break
                    case .dropped, nil: Issue.record("nothing is dropped, and nothing ends"); return
                    }
                }
            }
            isPublishing.stop()
            await publisher.value
        }
    }

    @Test func aSlowReaderIsToldHowMuchWasDropped() async throws {
        try await withRedis { _, client in
            try await client.subscribe(to: ["c"], bufferedMessages: 10) { slow in
                #expect(await slow.next() == .subscribed)
                try await client.subscribe(to: ["c"]) { quick in
                    #expect(await quick.next() == .subscribed)
                    for number in 0..<100 { _ = try await client.publish(number, to: "c") }
                    // It is served after the slow one.
                    for number in 0..<100 { #expect(await quick.next() == message(number)) }
                }
                for number in 0..<10 { #expect(await slow.next() == message(number)) }
                #expect(await slow.next() == .dropped(90))
                _ = try await client.publish(100, to: "c")
                #expect(await slow.next() == message(100))
            }
        }
    }

    @Test func twoThatShareAChannel() async throws {
        try await withRedis { _, client in
            try await client.subscribe(to: ["c"]) { first in
                #expect(await first.next() == .subscribed)
                try await client.subscribe(to: ["c", "d"]) { second in
                    #expect(await second.next() == .subscribed)
                    #expect(try await client.publish(1, to: "c") == 1, "one connection")
                    #expect(await first.next() == message(1))
                    #expect(await second.next() == message(1))
                    _ = try await client.publish(2, to: "d")
                    #expect(await second.next() == message(2, "d"))
                }
                try await eventually { try await subscribers(of: "d", client) == 0 }
                #expect(try await subscribers(of: "c", client) == 1, "the first listens on")
                _ = try await client.publish(3, to: "c")
                #expect(await first.next() == message(3))
            }
        }
    }

    @Test func endsWithItsClosure() async throws {
        struct Ended: Error {}
        try await withRedis { _, client in
            await client.subscribe(to: ["c"]) { #expect(await $0.next() == .subscribed) }
            try await eventually { try await subscribers(of: "c", client) == 0 }
            await #expect(throws: Ended.self) {
                try await client.subscribe(to: ["c"]) { subscription in
                    #expect(await subscription.next() == .subscribed)
                    throw Ended()
                }
            }
            try await eventually { try await subscribers(of: "c", client) == 0 }
        }
    }

    @Test func subscribingAgainAndAgainLosesNothing() async throws {
        try await withRedis { _, client in
            for number in 0..<100 {
                try await client.subscribe(to: ["c"]) { subscription async throws in
                    #expect(await subscription.next() == .subscribed)
                    #expect(try await client.publish(number, to: "c") == 1, "once told so, it is in force")
                    #expect(await subscription.next() == message(number))
                }
                // Given up before it was confirmed.
                await client.subscribe(to: ["c"]) { _ in }
            }
        }
    }

    @Test func cancellationOfTheReadingTaskEndsIt() async throws {
        try await withRedis { _, client in
            let reader = Task {
                await client.subscribe(to: ["c"]) { subscription in
                    for await _ in subscription {}
                }
            }
            try await eventually { try await subscribers(of: "c", client) == 1 }
            reader.cancel()
            await reader.value
            try await eventually { try await subscribers(of: "c", client) == 0 }
        }
    }

    @Test func aStalledConnectionIsGivenUp() async throws {
        func impatient(_ configuration: inout RedisConfiguration) {
            configuration.stallDeadline = .milliseconds(500)
            configuration.connectDeadline = .milliseconds(500)
        }
        try await withRedis(configure: impatient) { server, client in
            await client.subscribe(to: ["c"]) { subscription in
                #expect(await subscription.next() == .subscribed)
                server.pause()
                defer { server.resume() }
                #expect(await subscription.next() == .interrupted)
                server.resume()
                #expect(await subscription.next() == .subscribed)
            }
        }
    }

    @Test func whatWasRefusedIsAskedForAgain() async throws {
        try await withRedis { _, client in
            _ = try await client.send(RedisCommand("ACL", "SETUSER", "default", "resetchannels"))
            try await client.subscribe(to: ["c"]) { subscription async throws in
                try await eventually("it was refused") {
                    let refused: [RedisValue] = try await client.send(RedisCommand("ACL", "LOG")).decode()
                    return !refused.isEmpty
                }
                _ = try await client.send(RedisCommand("ACL", "SETUSER", "default", "allchannels"))
                #expect(await subscription.next() == .subscribed)
                _ = try await client.publish(1, to: "c")
                #expect(await subscription.next() == message(1))
            }
        }
    }

    private func subscribers(of channel: String, _ client: RedisClient) async throws -> Int {
        let reply = try await client.send(RedisCommand("PUBSUB", "NUMSUB", channel)).decode(as: [RedisValue].self)
        return try #require(reply.last).decode()
    }
}
