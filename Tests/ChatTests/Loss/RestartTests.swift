import EmbeddedRedis
import Foundation
import Redis
import Synchronization
import TestSupport
import Testing

@testable import Chat

/// What was acknowledged, in the order of the acknowledgements.
private final class Acknowledged: Sendable {
    private let messages = Mutex<[SentMessage]>([])

    var all: [SentMessage] { messages.withLock { $0 } }
    func note(_ message: SentMessage) { messages.withLock { $0.append(message) } }

    func grows(by count: Int) async throws {
        let before = all.count
        try await eventually("messages are sent", within: .seconds(60)) { all.count >= before + count }
    }
}

@Suite("Redis is killed and comes back", .serialized)
struct RestartTests {
    /// Two users write to each other, each through a store of his own, until they are told to stop.
    private func writing(
        _ stores: [ConversationStore], _ acknowledged: Acknowledged, round: Int
    ) -> [Task<Void, Never>] {
        stores.enumerated().map { index, store in
            Task {
                let (user, other): (UserName, UserName) = index == 0 ? ("ann", "ben") : ("ben", "ann")
                var number = 0
                while !Task.isCancelled {
                    // What fails is sent again until it is acknowledged, as a client does it.
                    if let sent = try? await store.send("text", id: "\(round)/\(number)", from: user, to: .user(other)) {
                        acknowledged.note(sent)
                        number += 1
                    } else {
                        try? await Task.sleep(for: .milliseconds(5))
                    }
                }
            }
        }
    }

    @Test("With a disk that is waited for: every acknowledged message is there once, in one epoch, without a gap")
    func always() async throws {
        try await withRedis(durability: .always, configure: { $0.deadline = .milliseconds(500) }) { server, redis in
            let stores = (0..<2).map { _ in ConversationStore(redis: redis) }
            let acknowledged = Acknowledged()
            let tasks = writing(stores, acknowledged, round: 0)
            for _ in 0..<3 {
                try await acknowledged.grows(by: 40)
                await server.kill()
                try await server.restart()
            }
            for task in tasks { task.cancel() }
            for task in tasks { await task.value }
            try await redis.reconnects()
            for store in stores { try await store.verifyAll() }
            let messages = try await stores[0].allMessages(of: .pair("ann", "ben"), for: "ann")
            let sent = acknowledged.all
            #expect(messages.map(\.seq) == Array(1...messages.count))
            #expect(Set(messages.map { "\($0.from.text) \($0.id)" }).count == messages.count)
            #expect(Set(sent.map(\.epoch)).count == 1)
            let ids = Dictionary(uniqueKeysWithValues: messages.map { ($0.seq, $0.id) })
            for message in sent { #expect(ids[message.seq] == message.id) }
        }
    }

    @Test("With an older file: numbers and epochs name one message each, and what was sent since is there")
    func olderFile() async throws {
        try await withTemporaryFolder { folder in
            let data = folder + "/redis"
            let server = try await EmbeddedRedis.start(.init(directory: data, durability: .always))
            do {
                try await withClient(of: server, configure: { $0.deadline = .milliseconds(500) }) { redis in
                    let stores = (0..<2).map { _ in ConversationStore(redis: redis) }
                    let acknowledged = Acknowledged()
                    func write(_ count: Int, round: Int) async throws {
                        let tasks = writing(stores, acknowledged, round: round)
                        defer { for task in tasks { task.cancel() } }
                        try await acknowledged.grows(by: count)
                        for task in tasks { task.cancel() }
                        for task in tasks { await task.value }
                    }
                    try await write(40, round: 0)
                    await server.kill()
                    try FileManager.default.copyItem(atPath: data + "/appendonlydir", toPath: folder + "/older")
                    try await server.restart()
                    try await redis.reconnects()
                    try await write(40, round: 1)
                    await server.kill()
                    try FileManager.default.removeItem(atPath: data + "/appendonlydir")
                    try FileManager.default.copyItem(atPath: folder + "/older", toPath: data + "/appendonlydir")
                    try await server.restart()
                    try await redis.reconnects()
                    let lost = acknowledged.all.count
                    try await write(40, round: 2)

                    let sent = acknowledged.all
                    #expect(Set(sent.map { "\($0.epoch.text) \($0.seq)" }).count == sent.count)
                    let messages = try await stores[0].allMessages(of: .pair("ann", "ben"), for: "ann")
                    #expect(messages.map(\.seq) == messages.map(\.seq).sorted())
                    let ids = Dictionary(uniqueKeysWithValues: messages.map { ($0.seq, $0.id) })
                    for message in sent[lost...] { #expect(ids[message.seq] == message.id) }
                    #expect(Set(sent[..<lost].map(\.epoch)).isDisjoint(with: sent[lost...].map(\.epoch)))
                }
                await server.stop()
            } catch {
                await server.stop()
                throw error
            }
        }
    }
}
