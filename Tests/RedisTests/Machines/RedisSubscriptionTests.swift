@testable import Redis
import Testing

@Suite struct RedisSubscriptionTests {
    private func message(_ number: Int) -> RedisSubscriptionEvent {
        .message(RedisMessage(channel: "c", payload: Array("\(number)".utf8)))
    }

    /// All that lies in the buffer.
    private func drain(_ subscription: RedisSubscription) async -> [RedisSubscriptionEvent] {
        subscription.finish()
        return await subscription.reduce(into: []) { $0.append($1) }
    }

    @Test func eventsComeInOrder() async {
        let subscription = RedisSubscription(channels: ["c"], capacity: 10)
        subscription.deliver(.subscribed)
        for number in 0..<5 { subscription.deliver(message(number)) }
        subscription.deliver(.interrupted)
        #expect(await drain(subscription) == [.subscribed] + (0..<5).map(message) + [.interrupted])
    }

    @Test func theGapIsToldInItsPlaceWithTheExactNumber() async {
        let subscription = RedisSubscription(channels: ["c"], capacity: 3)
        for number in 0..<10 { subscription.deliver(message(number)) }
        #expect(await subscription.next() == message(0))
        subscription.deliver(message(10))
        #expect(await subscription.next() == message(1))
        for number in 11..<20 { subscription.deliver(message(number)) }
        #expect(await drain(subscription) == [message(2), .dropped(7), message(10), .dropped(9)])
    }

    @Test func everyMessageIsDeliveredOrCounted() async {
        let subscription = RedisSubscription(channels: ["c"], capacity: 4)
        var delivered = 0
        for number in 0..<1_000 {
            subscription.deliver(
                number.isMultiple(of: 97) ? .interrupted : number.isMultiple(of: 89) ? .subscribed : message(number))
            guard number.isMultiple(of: 5) else { continue }
            switch await subscription.next() {
            case .message: delivered += 1
            case .dropped(let count): delivered += count
            default: break
            }
        }
        for event in await drain(subscription) {
            switch event {
            case .message: delivered += 1
            case .dropped(let count): delivered += count
            default: break
            }
        }
        #expect(delivered == (0..<1_000).count { !$0.isMultiple(of: 97) && !$0.isMultiple(of: 89) })
    }

    @Test func aConnectionThatComesAndGoesUnreadDoesNotGrowTheBuffer() async {
        let subscription = RedisSubscription(channels: ["c"], capacity: 4)
        for number in 0..<3_000 {
            subscription.deliver(.subscribed)
            subscription.deliver(message(number))
            subscription.deliver(.interrupted)
        }
        subscription.deliver(.subscribed)
        let events = await drain(subscription)
        #expect(events.count <= 4 + 4)
        #expect(events.suffix(2) == [.interrupted, .subscribed], "the last state is told")
        let count = events.reduce(0) { count, event in
            switch event {
            case .message: count + 1
            case .dropped(let dropped): count + dropped
            default: count
            }
        }
        #expect(count == 3_000)
    }

    @Test func repeatsSayNothingNew() async {
        let subscription = RedisSubscription(channels: ["c"], capacity: 10)
        for _ in 0..<100 { subscription.deliver(.interrupted) }
        #expect(await drain(subscription) == [.interrupted])
    }

    @Test func aWaitingReaderIsWoken() async {
        let subscription = RedisSubscription(channels: ["c"], capacity: 1)
        for number in 0..<200 {
            async let next = subscription.next()
            await Task.yield()
            subscription.deliver(message(number))
            #expect(await next == message(number))
        }
        async let end = subscription.next()
        await Task.yield()
        subscription.finish()
        #expect(await end == nil)
        subscription.deliver(message(0))
        #expect(await subscription.next() == nil)
    }

    @Test func cancellationEndsTheReaderAndOnlyIt() async {
        let subscription = RedisSubscription(channels: ["c"], capacity: 10)
        for _ in 0..<200 {
            let reader = Task { await subscription.next() }
            await Task.yield()
            reader.cancel()
            #expect(await reader.value == nil)
        }
        subscription.deliver(message(1))
        let cancelled = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await subscription.next()
        }
        #expect(await cancelled.value == nil, "a cancelled reader ends even when there is something to read")
        #expect(await subscription.next() == message(1))
    }
}
