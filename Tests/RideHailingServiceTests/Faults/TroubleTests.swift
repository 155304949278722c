import EmbeddedRedis
import RideHailing
import TestSupport
import Testing

/// The whole thing, while servers, matchers and Redis are killed, paused past every lease, and started again.
@Suite(.slots(2), .serialized)
struct TroubleTests {
    private static let drivers = 12
    private static let riders = 4

    @Test func `every ride that was requested comes to its end, and nobody ever has what is another's`() async throws {
        let random = SeededGenerator()
        print("Trouble: \(random)")
        let server = try await EmbeddedRedis.temporary(durability: .always)
        do {
            let trouble = Trouble(redis: server, seed: random.seed)
            try await together(0..<(2 + Self.drivers)) { number in
                switch number {
                case 0: try await trouble.run()
                case 1:
                    defer { trouble.finish() }
                    try await requestUnderTrouble(trouble)
                default:
                    var driver = TroubledDriver(
                        name: "driver \(number)".replacing(" ", with: "-"), place: Self.center.north(Double(number * 10)),
                        trouble: trouble, random: SeededGenerator(seed: random.seed &+ UInt64(number)))
                    try await driver.run()
                }
            }
            try await check(trouble)
        } catch {
            Issue.record(error, "\(random)")
        }
        await server.stop()
    }

    private static let center = Place(lat: 40.75, lon: -73.98)

    /// Requests rides while there is trouble, and waits until all have ended.
    private func requestUnderTrouble(_ trouble: Trouble) async throws {
        try await together(0...Self.riders) { number in
            guard number < Self.riders else { return try await trouble.strike() }
            var rider = TroubledRider(
                name: "rider-\(number)", place: Self.center, trouble: trouble,
                random: SeededGenerator(seed: trouble.seed &+ 1000 &+ UInt64(number)))
            try await rider.run()
        }
        var waiting = trouble.rides
        var random = SeededGenerator(seed: trouble.seed)
        try await eventually("every ride ends; seed \(trouble.seed)", within: .seconds(60)) {
            for (id, rider) in waiting {
                let reply = try await trouble.answer("GET", "/v1/rides/\(id)", as: rider, random: &random)
                guard try reply.json(RideBody.self).isOver else { return false }
                waiting[id] = nil
            }
            return true
        }
    }

    private func check(_ trouble: Trouble) async throws {
        let log = try await checkedLog(trouble.redis, .sequential, "seed \(trouble.seed)")
        #expect(Set(log.map(\.ride)) == Set(trouble.rides.keys), "seed \(trouble.seed)")
        let logged = Set(
            log.map { Trouble.Fact(ride: $0.ride, version: $0.version, status: $0.status.rawValue, by: $0.by ?? "") })
        let lost = trouble.facts.subtracting(logged)
        #expect(lost.isEmpty, "answered, and not so: \(lost.prefix(3)), seed \(trouble.seed)")
        let completed = log.count { $0.status == .completed }
        #expect(completed > 10 && trouble.rides.count > 20, "too few to tell anything: \(completed) of \(trouble.rides.count)")
    }
}
