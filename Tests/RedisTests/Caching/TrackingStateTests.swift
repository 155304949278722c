import NIOCore
@testable import Redis
import Testing

@Suite struct TrackingStateTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private let subscribed = RedisValue.array([Self.bytes("subscribe"), Self.bytes(TrackingState.channel), .integer(1)])
    private let pong = RedisValue.array([Self.bytes("pong"), Self.bytes("")])

    private static func bytes(_ text: String) -> RedisValue { .bytes(Array(text.utf8)) }
    private func message(_ payload: RedisValue) -> RedisValue {
        .array([Self.bytes("message"), Self.bytes(TrackingState.channel), payload])
    }

    private func tracking() -> TrackingState {
        var state = TrackingState(stallDeadline: .seconds(5))
        _ = state.opened(now: start)
        _ = state.received(.integer(7), now: start)
        _ = state.received(.status("OK"), now: start)
        _ = state.received(subscribed, now: start)
        return state
    }

    @Test func theConversation() {
        var state = TrackingState(stallDeadline: .seconds(5))
        #expect(state.tick(now: start) == [])
        #expect(state.opened(now: start) == [.askIdentifier])
        #expect(state.received(.integer(7), now: start) == [.track(redirect: 7)])
        #expect(state.received(.status("OK"), now: start) == [])
        #expect(state.tick(now: start) == [], "no proof before the beginning")
        #expect(state.received(subscribed, now: start) == [.tell(.began), .ping])
        #expect(state.received(pong, now: start + .seconds(1)) == [.tell(.upToDate(start))])
        let keys = RedisValue.array([Self.bytes("a"), Self.bytes("b")])
        #expect(state.received(message(keys), now: start) == [.tell(.changed([Array("a".utf8), Array("b".utf8)]))])
        #expect(state.received(message(.null), now: start) == [.tell(.flushed)])
        #expect(state.closed() == [.tell(.lost)])
        #expect(state.received(message(.null), now: start) == [])
    }

    @Test func anAnswerProvesTheTimeOfItsOwnPing() {
        var state = tracking()
        let (second, third) = (start + .milliseconds(500), start + .milliseconds(1000))
        #expect(state.tick(now: second) == [.ping])
        #expect(state.tick(now: third) == [.ping])
        for sentAt in [start, second, third] {
            #expect(state.received(pong, now: start + .seconds(2)) == [.tell(.upToDate(sentAt))])
        }
        #expect(state.received(pong, now: start + .seconds(2)) == [], "nobody asked")
    }

    @Test func whatIsSilentIsGivenUp() {
        var asked = TrackingState(stallDeadline: .seconds(5))
        _ = asked.opened(now: start)
        #expect(asked.tick(now: start + .seconds(5)) == [])
        guard case .giveUp? = asked.tick(now: start + .seconds(6)).first else { Issue.record("still waits"); return }

        var state = tracking()
        #expect(state.tick(now: start + .seconds(5)) == [.ping])
        guard case .giveUp? = state.tick(now: start + .seconds(6)).first else { Issue.record("still waits"); return }
    }

    @Test func aRefusalIsToldAndTriedAgainLater() {
        var state = TrackingState(stallDeadline: .seconds(5))
        _ = state.opened(now: start)
        _ = state.received(.integer(7), now: start)
        #expect(state.received(.error(.init("NOPERM no")), now: start) == [.complain("NOPERM no")])
        #expect(state.received(subscribed, now: start) == [], "without tracking the subscription hears nothing")
        #expect(state.tick(now: start + .milliseconds(500)) == [])
        guard case .giveUp? = state.tick(now: start + .seconds(2)).first else { Issue.record("still waits"); return }
    }
}
