import NIOCore
@testable import Redis
import TestSupport
import Testing

/// Against a model that is a plain array: every waiter is taken out exactly once, and places stay until replies come.
@Suite struct PendingRepliesTests {
    private struct Model {
        var call: Int
        var deadline: NIODeadline
        var isWaiting = true
    }

    @Test func behavesAsItsModel() async {
        var random = SeededGenerator()
        for _ in 0..<100 {
            var pending = PendingReplies()
            var model: [Model] = []
            var calls = 0
            for _ in 0..<100 {
                let now = NIODeadline.uptimeNanoseconds(.random(in: 0...100, using: &random))
                switch Int.random(in: 0..<8, using: &random) {
                case 0:
                    let expired = pending.expire(now: now).map(call)
                    #expect(expired == model.filter { $0.isWaiting && $0.deadline <= now }.map(\.call), "\(random)")
                    for index in model.indices where model[index].deadline <= now { model[index].isWaiting = false }
                case 1:
                    let cancelled = Set((0..<3).map { _ in Int.random(in: 0...max(1, calls), using: &random) })
                    let abandoned = pending.abandon(Set(cancelled.map(CallIdentifier.init))).map(call)
                    #expect(abandoned == model.filter { $0.isWaiting && cancelled.contains($0.call) }.map(\.call), "\(random)")
                    for index in model.indices where cancelled.contains(model[index].call) { model[index].isWaiting = false }
                case 2 where Int.random(in: 0..<10, using: &random) == 0:
                    pending.removeAbandoned()
                    model.removeAll { !$0.isWaiting }
                case 3, 4:
                    let first = model.isEmpty ? nil : model.removeFirst()
                    let entry = pending.popFirst()
                    #expect((entry == nil) == (first == nil), "\(random)")
                    #expect(entry?.waiter?.call?.number == first.flatMap { $0.isWaiting ? $0.call : nil }, "\(random)")
                default:
                    calls += 1
                    pending.append(entry(call: calls, deadline: now))
                    model.append(Model(call: calls, deadline: now))
                }
                #expect(pending.count == model.count && pending.isEmpty == model.isEmpty, "\(random)")
                #expect(pending.firstDeadline == model.first?.deadline, "\(random)")
                #expect(pending.earliestDeadline() == model.filter(\.isWaiting).map(\.deadline).min(), "\(random)")
            }
            #expect(pending.removeAll().count == model.count && pending.isEmpty, "\(random)")
            await Task.yield()
        }
    }

    @Test func aCallOfManyCommandsIsAbandonedAsAWhole() {
        var pending = PendingReplies()
        for number in [1, 2, 2, 2, 3] { pending.append(entry(call: number, deadline: .distantFuture)) }
        #expect(pending.abandon([CallIdentifier(number: 2)]).count == 3)
        #expect(pending.abandon([CallIdentifier(number: 2)]).isEmpty)
        #expect(pending.count == 5)
    }

    private func entry(call: Int, deadline: NIODeadline) -> PendingReplies.Entry {
        PendingReplies.Entry(
            command: RedisCommand("PING"), writtenAt: .uptimeNanoseconds(0), deadline: deadline,
            waiter: ReplyWaiter(call: CallIdentifier(number: call), receiver: .callback { _ in }))
    }

    private func call(_ entry: PendingReplies.Entry) -> Int { entry.waiter?.call?.number ?? 0 }
}
