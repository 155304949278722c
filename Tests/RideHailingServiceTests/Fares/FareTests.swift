import Foundation
import TestSupport
import Testing

/// What a ride would cost, and for whom the answer holds.
@Suite(.service(.rideHailing), .serialized)
struct FareTests {
    @Test func `a fare has a way, a time, a price and an end; a longer way costs more`() async throws {
        let service = try RunningService.shared
        let here = Place.own()
        var last: FareBody?
        for meters in [2_000.0, 8_000, 30_000] {
            let fare = try await service.quote("ann", from: here, to: here.north(meters))
            #expect(!fare.id.isEmpty && fare.currency.wholeMatch(of: #/[A-Z]{3}/#) != nil)
            #expect(fare.distanceMeters >= meters * 0.999 && fare.distanceMeters < meters * 2)
            #expect(fare.durationSeconds > 0 && fare.amountCents > 0)
            #expect(fare.expiresAt.isTime)
            #expect(try Times.date(fare.expiresAt) > Date())
            if let last {
                #expect(fare.id != last.id)
                #expect(fare.amountCents > last.amountCents && fare.durationSeconds > last.durationSeconds)
            }
            last = fare
        }
    }

    @Test func `the way leads over the antimeridian and beside the poles`() async throws {
        let service = try RunningService.shared
        for (from, to) in [
            (Place(lat: 0, lon: 179.99), Place(lat: 0, lon: -179.99)), (Place(lat: 10, lon: 180), Place(lat: 10, lon: -180)),
            (Place(lat: 89.99, lon: 0), Place(lat: 89.99, lon: 180)), (Place(lat: -90, lon: 7), Place(lat: -89.99, lon: -100)),
        ] {
            let fare = try await service.quote("ann", from: from, to: to)
            #expect((0..<5000).contains(fare.distanceMeters), "\(from) \(to): \(fare)")
        }
    }

    static let badPlaces = [
        ("{}", "lat"), (#"{"lat":1}"#, "lon"), (#"{"lon":1}"#, "lat"), (#"{"lat":"1","lon":1}"#, "lat"),
        (#"{"lat":1,"lon":"NaN"}"#, "lon"), (#"{"lat":null,"lon":1}"#, "lat"), (#"{"lat":90.001,"lon":1}"#, "lat"),
        (#"{"lat":-91,"lon":1}"#, "lat"), (#"{"lat":1,"lon":180.001}"#, "lon"), (#"{"lat":1,"lon":-1e300}"#, "lon"),
        (#"{"lat":1,"lon":[1]}"#, "lon"), (#"{"lat":true,"lon":1}"#, "lat"), (#"{"lat":1e999,"lon":1}"#, ""),
        (#"{"lat":NaN,"lon":1}"#, "JSON"), (#"{"lat":Infinity,"lon":1}"#, "JSON"), ("7", ""), ("null", ""), (#""here""#, ""),
    ]

    @Test(arguments: badPlaces)
    func `a place that is none`(_ place: String, _ word: String) async throws {
        let service = try RunningService.shared
        let good = #"{"lat":1,"lon":1}"#
        let from = try await service.ask("POST", "/v1/fares", as: "ann", #"{"from":\#(place),"to":\#(good)}"#)
        try expectProblem(from, 400, word)
        let to = try await service.ask("POST", "/v1/fares", as: "ann", #"{"from":\#(good),"to":\#(place)}"#)
        try expectProblem(to, 400, word)
    }

    @Test(arguments: [
        ("{", "JSON"), ("", "JSON"), ("[]", ""), (#"{"to":{"lat":1,"lon":1}}"#, "from"), (#"{"from":{"lat":1,"lon":1}}"#, "to"),
        (#"{"from":null,"to":{"lat":1,"lon":1}}"#, "from"),
    ])
    func `a body that is not in order`(_ body: String, _ word: String) async throws {
        try expectProblem(try await RunningService.shared.ask("POST", "/v1/fares", as: "ann", body), 400, word)
    }

    @Test func `a fare serves one ride, of the rider who asked`() async throws {
        let service = try RunningService.shared
        let fare = try await service.quote("ann", from: .own())
        let body = #"{"fareId":"\#(fare.id)"}"#
        // Nobody learns that there is such a fare, and it is as good as before.
        try expectProblem(try await service.ask("POST", "/v1/rides", as: "bob", body), 404, "fareId")
        let accepted = try await service.ask("POST", "/v1/rides", as: "ann", body, headers: [("Idempotency-Key", "a")])
        #expect(accepted.status == 202)
        let ride = try await service.ride(accepted.json(RequestedBody.self).id, as: "ann")
        #expect(ride.rider == "ann" && ride.amountCents == fare.amountCents)
        for headers in [[], [("Idempotency-Key", "b")]] {
            try expectProblem(try await service.ask("POST", "/v1/rides", as: "ann", body, headers: headers), 409, "fareId")
        }
    }

    @Test func `an id that was made up, or changed by a single sign, is no fare`() async throws {
        let service = try RunningService.shared
        let fare = try await service.quote("ann", from: .own())
        var ids = ["", "x", "*", "../fares", "ride-hailing:{rides}:fare:" + fare.id, fare.id + "0", String(fare.id.dropLast())]
        for index in fare.id.indices {
            ids.append(fare.id.replacingCharacters(in: index...index, with: fare.id[index] == "A" ? "B" : "A"))
        }
        for id in ids {
            try expectProblem(try await service.ask("POST", "/v1/rides", as: "ann", #"{"fareId":"\#(id)"}"#), 404, "fareId")
        }
        #expect(try await service.ask("POST", "/v1/rides", as: "ann", #"{"fareId":"\#(fare.id)"}"#).status == 202)
    }
}
