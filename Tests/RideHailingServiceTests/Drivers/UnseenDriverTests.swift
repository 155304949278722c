import TestSupport
import Testing

/// A driver who is not seen any more is found by nobody.
@Suite(.slots(1), .serialized)
struct UnseenDriverTests {
    private static let lifetime = Duration.seconds(2)

    @Test func `once it has been so long, never; from any instance, over HTTP and WebSocket`() async throws {
        let arguments = ["--driver-ttl-seconds", "2", "--match-deadline-seconds", "3"]
        try await withRideFleet(of: 2, arguments) { _, services in
            let here = Place.own()
            let live = try await LiveClient.driver("d", at: services[0])
            try await services[0].setStatus(of: "d", "available")
            for round in 0..<2 {
                let before = ContinuousClock.now
                if round == 0 { try await services[0].locate("d", here) } else { try await live.locate(here) }
                // On a machine that is slow enough he may have been found, and forgotten.
                try await eventually("he is found") {
                    try await services[1].isFound("d", near: here) || before + Self.lifetime < .now
                }
                let after = ContinuousClock.now
                try await eventually("he is forgotten") {
                    let asked = ContinuousClock.now
                    guard try await services[1].isFound("d", near: here) else { return true }
                    #expect(asked < after + Self.lifetime)
                    return false
                }
                #expect(ContinuousClock.now > before + Self.lifetime - .milliseconds(10))
                for service in services { #expect(try await !service.isFound("d", near: here)) }
            }
            // What he sent long ago and comes only now is no sight of him.
            try await services[0].locate("e", here, #""at":"\#(Times.text(secondsFromNow: -3))""#)
            try await services[0].setStatus(of: "e", "available")
            #expect(try await !services[1].isFound("e", near: here))
            // Nor does anybody offer them a ride.
            let id = try await services[1].request("ann", from: here)
            try await services[0].waits(for: "unmatched", of: id, as: "ann")
            #expect(try await services[0].offered(id, among: ["d", "e"]).isEmpty)
        }
    }

    @Test func `unless another time is asked for, after 15 seconds`() async throws {
        try await withRideFleet(of: 1, []) { _, services in
            let here = Place.own()
            for (name, seconds) in [("d", -8.0), ("e", -15.001)] {
                try await services[0].setStatus(of: name, "available")
                try await services[0].locate(name, here, #""at":"\#(Times.text(secondsFromNow: seconds))""#)
            }
            #expect(try await services[0].nearby(here).map(\.id) == ["d"])
        }
    }
}
