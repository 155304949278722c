import Synchronization
import TestSupport
import Testing

@testable import RideHailing

@Suite("Many at the same moment")
struct TurnstileTests {
    private final class Inside: Sendable {
        private let state = Mutex((count: 0, greatest: 0, passed: [Int]()))

        func enter() {
            state.withLock { state in
                state.count += 1
                state.greatest = max(state.greatest, state.count)
            }
        }

        func leave(_ number: Int) {
            state.withLock { state in
                state.count -= 1
                state.passed.append(number)
            }
        }

        var greatest: Int { state.withLock { $0.greatest } }
        var passed: [Int] { state.withLock { $0.passed } }
    }

    @Test("So many are let through at a time, and all in the end, also behind those that fail")
    func width() async throws {
        let turnstile = Turnstile(width: 3)
        let inside = Inside()
        await withTaskGroup { group in
            for number in 0..<500 {
                group.addTask {
                    _ = try? await turnstile.pass {
                        inside.enter()
                        await Task.yield()
                        inside.leave(number)
                        if number.isMultiple(of: 7) { throw CancellationError() }
                    }
                }
            }
        }
        #expect(inside.greatest == 3)
        #expect(inside.passed.count == 500)
    }

    @Test("Who came first goes first")
    func order() async throws {
        let turnstile = Turnstile(width: 1)
        let (gate, opens) = AsyncStream.makeStream(of: Void.self)
        let inside = Inside()
        try await withThrowingTaskGroup { group in
            group.addTask { await turnstile.pass { for await _ in gate {} } }
            try await eventually("the first is inside") { !turnstile.isFree }
            for number in 1...20 {
                group.addTask { await turnstile.pass { inside.leave(number) } }
                try await eventually("it waits") { turnstile.waitingCount == number }
            }
            opens.finish()
            try await group.waitForAll()
        }
        #expect(inside.passed == Array(1...20))
    }

    @Test("Hundreds of requests at once are all taken while Redis answers few at a time")
    func flood() async throws {
        try await withFleet { fleet in
            let fares = try await withThrowingTaskGroup { group in
                for number in 0..<400 {
                    group.addTask {
                        let fare = try await fleet.service.quote(
                            from: Fleet.north(0), to: Fleet.north(2_000), for: "rider\(number)")
                        return (number, fare.id)
                    }
                }
                return try await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
            }
            let rides = try await withThrowingTaskGroup { group in
                for (number, fare) in fares {
                    group.addTask { try await fleet.service.requestRide(fare: fare, by: "rider\(number)") }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(rides.count == 400)
        }
    }
}
