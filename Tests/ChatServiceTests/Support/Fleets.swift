import EmbeddedRedis
import TestSupport
import Testing

/// For tests in which one user sends more than a person would.
let unlimited = ["--send-limit", "off"]

/// Runs a body with several instances on one Redis, once all are ready.
func withChatFleet<Value>(
    of count: Int = 2, _ arguments: [String] = unlimited, durability: EmbeddedRedis.Durability = .everySecond,
    _ body: (EmbeddedRedis, [RunningService]) async throws -> Value
) async throws -> Value {
    try await withFleet(.chat, of: count, arguments, durability: durability) { server, services in
        try await everywhere(services, "is ready", within: .seconds(20)) { try await $0.isReady() }
        return try await body(server, services)
    }
}
