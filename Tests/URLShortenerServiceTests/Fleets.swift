import EmbeddedRedis
import TestSupport
import Testing

/// Runs a body with several instances on one Redis, all at one public address, once all are ready.
func withShortenerFleet<Value>(
    of count: Int, _ arguments: [String] = [], durability: EmbeddedRedis.Durability = .everySecond,
    _ body: (EmbeddedRedis, [RunningService]) async throws -> Value
) async throws -> Value {
    let arguments = ["--create-limit", "off", "--base-url", "https://sho.rt"] + arguments
    return try await withFleet(.urlShortener, of: count, arguments, durability: durability) { server, services in
        try await everywhere(services, "is ready", within: .seconds(20)) { try await $0.isReady() }
        return try await body(server, services)
    }
}
