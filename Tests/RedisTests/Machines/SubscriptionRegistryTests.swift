@testable import Redis
import Testing

@Suite struct SubscriptionRegistryTests {
    private var registry = SubscriptionRegistry()
    private let a = RedisSubscription(channels: ["a"], capacity: 10)
    private let ab = RedisSubscription(channels: ["a", "b"], capacity: 10)

    @Test mutating func asksTheServerOnceForEachChannel() {
        #expect(registry.add(a).channels == ["a"])
        #expect(registry.add(ab).channels == ["b"])
        #expect(Set(registry.channels) == ["a", "b"])
        #expect(registry.listeners(to: "a").map(ObjectIdentifier.init) == [a, ab].map(ObjectIdentifier.init))
        #expect(registry.all.count == 2)
    }

    @Test mutating func isInForceOnceAllItsChannelsAre() {
        _ = registry.add(a)
        _ = registry.add(ab)
        registry.sent(["a", "b"])
        #expect(registry.confirm("a").map(ObjectIdentifier.init) == [ObjectIdentifier(a)])
        #expect(registry.confirm("b").map(ObjectIdentifier.init) == [ObjectIdentifier(ab)])
        #expect(registry.confirm("b").isEmpty, "told once")
        #expect(registry.confirm("c").isEmpty, "nobody asked")
        let late = RedisSubscription(channels: ["b"], capacity: 1)
        #expect(registry.add(late) == (channels: [], isConfirmed: true))
    }

    @Test mutating func theServerIsToldWhatNobodyWantsAnyMore() {
        _ = registry.add(a)
        _ = registry.add(ab)
        #expect(registry.remove(ab) == ["b"])
        #expect(registry.remove(ab).isEmpty)
        #expect(registry.remove(a) == ["a"])
        #expect(registry.channels.isEmpty && registry.all.isEmpty)
    }

    @Test mutating func aConfirmationFromBeforeAnUnsubscriptionDoesNotCount() {
        _ = registry.add(a)
        registry.sent(["a"])
        _ = registry.remove(a)
        let again = RedisSubscription(channels: ["a"], capacity: 1)
        #expect(registry.add(again) == (channels: ["a"], isConfirmed: false))
        registry.sent(["a"])
        #expect(registry.confirm("a").isEmpty, "the first confirmation: the unsubscription comes behind it")
        #expect(registry.confirm("a").map(ObjectIdentifier.init) == [ObjectIdentifier(again)])
    }

    @Test mutating func aLossInterruptsWhatWasInForce() {
        _ = registry.add(a)
        _ = registry.add(ab)
        registry.sent(["a", "b"])
        _ = registry.confirm("a")
        #expect(registry.interrupt().map(ObjectIdentifier.init) == [ObjectIdentifier(a)])
        #expect(registry.interrupt().isEmpty)
        registry.sent(["a", "b"])
        #expect(registry.confirm("a").count == 1, "what was awaited on the lost connection is not awaited any more")
        #expect(registry.confirm("b").count == 1)
    }
}
