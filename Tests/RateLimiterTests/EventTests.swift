import Testing

@testable import RateLimiter

@Suite("What instances tell each other")
struct EventTests {
    @Test(
        "An event reads back as it was written, whatever the key holds",
        arguments: [
            "user:42", "two words", " leading and trailing ", "line\nbreak\r\n", "reset login x", "é\u{301}\u{0}🗝", "  ",
            "\u{301}x", "\u{200D}x", "\u{FE0F}", "\u{1F3FD} \u{301}",
        ])
    func resetRoundTrip(key: String) throws {
        let event = Event(text: Event.reset(Bucket(policy: "login", key: key)).text)
        guard case .reset(let bucket) = event else {
            Issue.record("\(String(describing: event)) is no reset")
            return
        }
        #expect(bucket.policy == "login")
        #expect(Array(bucket.key.utf8) == Array(key.utf8))
    }

    @Test("Heartbeats and changes read back")
    func others() throws {
        guard case .alive("k3x", 17) = Event(text: Event.alive(instance: "k3x", number: 17).text) else {
            Issue.record("no heartbeat")
            return
        }
        guard case .policiesChanged = Event(text: Event.policiesChanged.text) else {
            Issue.record("no change")
            return
        }
    }

    @Test(
        "What another version or somebody else says is passed over",
        arguments: [
            "", " ", "alive", "alive x", "alive x y", "alive x 99999999999999999999", "reset", "reset login", "policies now",
            "RESET login k", "alive x 1 2", "reboot login k",
        ])
    func unknown(text: String) {
        #expect(Event(text: text) == nil)
    }
}
