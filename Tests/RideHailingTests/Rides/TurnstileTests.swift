import Synchronization
import TestSupport
import Testing

@testable import RideHailing

@Suite("Many at the same moment")
struct TurnstileTests {
    private struct Inside {
        var count = 0
        var greatest = 0
        var passed = 0
    }

    @Test("So many are let through at a time, and all in the end, also behind those that fail")
    func width() async throws {
        let turnstile = Turnstile(width: 3)
        let inside = Mutex(Inside())
        await withTaskGroup { group in
            for number in 0..<500 {
                group.addTask {
                    _ = try? await turnstile.pass {
                        inside.withLock { inside in
                            inside.count += 1
                            inside.greatest = max(inside.greatest, inside.count)
                        }
                        await Task.yield()
                        inside.withLock { inside in
                            inside.count -= 1
                            inside.passed += 1
                        }
                        if number.isMultiple(of: 7) { throw CancellationError() }
                    }
                }
            }
        }
        inside.withLock { inside in
            #expect(inside.greatest == 3)
            #expect(inside.passed == 500)
        }
    }

    @Test("Who came first goes first")
    func order() async throws {
        let turnstile = Turnstile(width: 1)
        let (gate, opens) = AsyncStream.makeStream(of: Void.self)
        let passed = Mutex<[Int]>([])
        try await withThrowingTaskGroup { group in
            group.addTask { await turnstile.pass { for await _ in gate {} } }
            try await eventually("the first is inside") { !turnstile.isFree }
            for number in 1...20 {
                group.addTask { await turnstile.pass { passed.withLock { $0.append(number) } } }
                try await eventually("it waits") { turnstile.waitingCount == number }
            }
            opens.finish()
            try await group.waitForAll()
        }
        passed.withLock { #expect($0 == Array(1...20)) }
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
