import EmbeddedRedis
import Redis
import TestSupport
import Testing

extension BrowserTests.ChatPageTests {
    @Test("Where Redis has lost what was said, the page says so, and shows what there is now")
    func loss() async throws {
        try await withRedis { server, redis in
            try await withService(.chat, ["--redis", server.url]) { service in
                try await eventually("ready", within: .seconds(20)) { try await service.isReady() }
                try await withPage(of: service) { page in
                    try await enter("ada", with: "bea", on: page)
                    for text in ["one", "two", "three"] { try await write(text, on: page) }
                    try await waitForTexts(["one", "two", "three"], on: page)
                    try await waitForState("✓ sent", on: page)

                    _ = try await redis.send(RedisCommand("FLUSHALL"))
                    try await eventually("ready again", within: .seconds(60)) { try await service.isReady() }
                    try await write("four", on: page)
                    try await waitForTexts(["four"], on: page)
                    try await page.wait("byId('room-news').textContent.startsWith('The service has lost some of its data.')")
                    // Numbers go on: none means two things.
                    try await page.wait(for: "#4", in: "way-number")
                    try await write("five", on: page)
                    try await waitForTexts(["four", "five"], on: page)
                }
            }
        }
    }
}
