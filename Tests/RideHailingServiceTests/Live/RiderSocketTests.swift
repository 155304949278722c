import EmbeddedRedis
import Redis
import TestSupport
import Testing

/// What a rider sees of his ride.
@Suite(.slots(1), .serialized)
struct RiderSocketTests {
    @Test func `the ride at once and at each transition, and the car on its way`() async throws {
        try await withRideFleet { _, services in
            let here = Place.own()
            let id = try await services[0].request("ann", from: here)
            let rider = try await LiveClient.rider("ann", of: id, at: services[1])
            let first = try await rider.next()
            #expect(first.type == "ride" && first.ride?.status == "requested" && first.ride?.version == 1)
            #expect(first.ride == (try await services[0].ride(id, as: "ann")))

            let driver = try await LiveClient.driver("dan", at: services[0])
            try await services[1].begin("dan", at: here.north(900))
            #expect(try await rider.next("ride").ride?.status == "offered")
            // Before he has the ride nobody is told where he is.
            try await driver.locate(here.north(890))
            let version = try #require(try await driver.next("offer", of: id).version)
            try await driver.say("accept", id, version: version)
            let accepted = try await rider.next()
            #expect(accepted.ride?.status == "accepted" && accepted.ride?.driver == "dan", "\(accepted)")
            try await driver.locate(here.north(800))
            let car = try await self.car(at: here.north(800), rider)
            #expect(car.at?.isTime == true)
            // The same when he says it over HTTP.
            try await services[0].locate("dan", here.north(700))
            _ = try await self.car(at: here.north(700), rider)

            let again = try await LiveClient.rider("ann", of: id, at: services[0])
            #expect(try await again.next("ride").ride?.status == "accepted")
            try await services[0].does("start", id, as: "dan", version: version + 1)
            for live in [rider, again] { #expect(try await live.ride(id, is: "started").version == version + 2) }
            try await driver.locate(here.north(100))
            for live in [rider, again] { _ = try await self.car(at: here.north(100), live) }
            try await services[1].does("complete", id, as: "dan", version: version + 2)
            for live in [rider, again] { #expect(try await live.ride(id, is: "completed").history.count == 5) }

            // Where he is afterwards concerns nobody, and who connects now sees how it ended.
            try await driver.locate(here.north(50))
            let late = try await LiveClient.rider("ann", of: id, at: services[1])
            #expect(try await late.next("ride").ride?.status == "completed")
        }
    }

    /// The next message about the car that says that it is at this place; those about where it was before may still come.
    private func car(at place: Place, _ rider: LiveClient) async throws -> LiveMessage {
        while true {
            let message = try await rider.next("driverLocation")
            let (lat, lon) = try (#require(message.lat), #require(message.lon))
            if Place(lat: lat, lon: lon).distanceMeters(to: place) < 1 { return message }
        }
    }

    @Test func `rounds, rejections and cancellations are seen as well, each once and in order`() async throws {
        try await withRideFleet { _, services in
            let here = Place.own()
            let id = try await services[0].request("ann", from: here)
            let rider = try await LiveClient.rider("ann", of: id, at: services[1])
            for driver in ["d0", "d1", "d2"] {
                try await services[0].begin(driver, at: here)
                var version = 0
                try await eventually("he is asked") {
                    let ride = try await services[1].ride(id, as: driver)
                    version = ride.version
                    return ride.status == "offered"
                }
                if driver != "d2" { try await services[0].does("reject", id, as: driver, version: version) }
            }
            let ride = try await services[0].ride(id, as: "ann")
            try await services[0].does("cancel", id, as: "ann", version: ride.version)
            var seen: [RideBody] = []
            while seen.last?.isOver != true { seen.append(try #require(try await rider.next("ride").ride)) }
            #expect(seen.map(\.version) == Array(1...seen.count))
            #expect(seen.map(\.status) == seen.last?.history.map(\.status))
        }
    }

    @Test func `only its rider, and only of a ride that there is`() async throws {
        try await withRideFleet(of: 1) { _, services in
            let here = Place.own()
            try await services[0].begin("dan", at: here)
            let id = try await services[0].request("ann", from: here)
            let version = try await services[0].waits(for: "offered", of: id, as: "dan").version
            try await services[0].does("accept", id, as: "dan", version: version)
            for (name, ride, status) in [
                ("eve", id, 403), ("dan", id, 403), ("ann", "x", 404), ("ann", String(id.reversed()), 404), ("", id, 401),
            ] {
                let refused = await #expect(throws: WebSocketClient.Refused.self) {
                    _ = try await LiveClient.rider(name, of: ride, at: services[0])
                }
                try expectProblem(try #require(refused).reply, status)
            }
            // No WebSocket, but one is needed.
            for target in ["/v1/drivers/ws", "/v1/rides/\(id)/ws"] {
                try expectProblem(try await services[0].ask("GET", target, as: "ann"), 426)
            }
        }
    }

    @Test func `what is published may be lost, and still everybody comes to see each step`() async throws {
        try await withRideFleet { server, services in
            try await withClient(of: server) { redis in
                let here = Place.own()
                let driver = try await LiveClient.driver("dan", at: services[1])
                try await services[0].begin("dan", at: here)
                for _ in 0..<5 {
                    let id = try await services[0].request("ann", from: here)
                    let rider = try await LiveClient.rider("ann", of: id, at: services[1])
                    let version = try #require(try await driver.next("offer", of: id).version)
                    // Nobody hears of what happens in this moment.
                    _ = try await redis.send(RedisCommand("CLIENT", "KILL", "TYPE", "pubsub"))
                    try await services[0].does("accept", id, as: "dan", version: version)
                    try await services[0].does("start", id, as: "dan", version: version + 1)
                    _ = try await driver.ride(id, is: "started")
                    _ = try await redis.send(RedisCommand("CLIENT", "KILL", "TYPE", "pubsub"))
                    try await services[0].does("complete", id, as: "dan", version: version + 2)
                    var seen: [Int] = []
                    while seen.last != version + 3 { seen.append(try #require(try await rider.next("ride").ride?.version)) }
                    #expect(seen == seen.sorted() && Set(seen).count == seen.count, "\(seen)")
                    try await eventually("he is free") { try await services[0].isFound("dan", near: here) }
                }
            }
        }
    }

    @Test func `a rider who reads nothing holds nobody up`() async throws {
        try await withRideFleet(of: 1) { _, services in
            let here = Place.own()
            try await services[0].begin("dan", at: here)
            let id = try await services[0].request("ann", from: here)
            let version = try await services[0].waits(for: "offered", of: id, as: "dan").version
            try await services[0].does("accept", id, as: "dan", version: version)
            let deaf = try await LiveClient.rider("ann", of: id, at: services[0])
            try await deaf.socket.connection.setReceiveBuffer(4096)
            try await deaf.socket.connection.setReading(false)
            let alert = try await LiveClient.rider("ann", of: id, at: services[0])
            let driver = try await LiveClient.driver("dan", at: services[0])
            for number in 1...50 {
                try await driver.locate(here.north(Double(number)))
                _ = try await car(at: here.north(Double(number)), alert)
            }
            try await services[0].does("start", id, as: "dan", version: version + 1)
            _ = try await alert.ride(id, is: "started")
        }
    }
}
