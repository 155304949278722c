import Redis
import TestSupport
import Testing

@testable import Chat

@Suite("What Redis' errors mean")
struct ErrorTests {
    @Test("A server that takes no writes is Redis' trouble, and what lies there in place of something else is not")
    func scripts() async throws {
        try await withStores { stores in
            func error(_ body: () async throws -> Void) async throws -> ChatError? {
                do { try await body() } catch let error as ChatError { return error }
                return nil
            }
            try await stores.store.send("1", from: "ann", to: .user("ben"))
            _ = try await stores.redis.send(RedisCommand("REPLICAOF", "127.0.0.1", 1))
            let readOnly = try await error { try await stores.store.send("2", from: "ann", to: .user("ben")) }
            guard case .redis? = readOnly else {
                Issue.record("\(String(describing: readOnly))")
                return
            }
            _ = try await stores.redis.send(RedisCommand("REPLICAOF", "NO", "ONE"))
            _ = try await stores.redis.send(RedisCommand("SET", ChatKeys.cursors(of: .pair("ann", "ben")), "x"))
            let wrong = try await error { try await stores.store.send("3", from: "ann", to: .user("ben")) }
            guard case .unreadableRecord? = wrong else {
                Issue.record("\(String(describing: wrong))")
                return
            }
        }
    }
}
