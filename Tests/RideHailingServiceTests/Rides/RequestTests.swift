import RideHailing
import TestSupport
import Testing

/// A ride is requested, once.
@Suite(.slots(1), .serialized)
struct RequestTests {
    private func key(_ key: String) -> [(String, String)] { [("Idempotency-Key", key)] }

    @Test func `it is answered with 202 and is there at once, on every instance`() async throws {
        try await withRideFleet { _, services in
            let here = Place.own()
            let fare = try await services[0].quote("ann", from: here)
            let reply = try await services[1].ask("POST", "/v1/rides", as: "ann", #"{"fareId":"\#(fare.id)"}"#)
            #expect(reply.status == 202)
            let accepted: RequestedBody = try reply.json()
            #expect(!accepted.id.isEmpty && accepted.status == "requested" && accepted.version == 1)
            for service in services {
                let ride = try await service.ride(accepted.id, as: "ann")
                #expect(ride.id == accepted.id && ride.status == "requested" && ride.version == 1 && ride.rider == "ann")
                #expect(ride.driver == nil && ride.reason == nil && ride.amountCents == fare.amountCents)
                #expect(ride.from == here && ride.to == here.north(3000))
                #expect(ride.history.map(\.status) == ["requested"] && ride.history.map(\.version) == [1])
                #expect(ride.history[0].by == "ann" && ride.history[0].at.isTime)
            }
            // What has no value yet is there as null.
            let text = try await services[0].ask("GET", "/v1/rides/\(accepted.id)", as: "ann").text
            #expect(text.contains(#""driver":null"#) && text.contains(#""reason":null"#))
        }
    }

    @Test func `the same key gives the same answer from any instance, however far the ride has come`() async throws {
        try await withRideFleet { _, services in
            let here = Place.own()
            let (fare, other) = try await (services[0].quote("ann", from: here), services[0].quote("ann", from: here))
            func request(_ fare: FareBody, _ number: Int, as name: String = "ann") async throws -> HTTPReply {
                try await services[number].ask("POST", "/v1/rides", as: name, #"{"fareId":"\#(fare.id)"}"#, headers: key("k 1"))
            }
            let first = try await request(fare, 0)
            #expect(first.status == 202)
            let id = try first.json(RequestedBody.self).id
            for number in [1, 0] {
                let again = try await request(fare, number)
                #expect(again.status == 202 && again.text == first.text)
                try expectProblem(try await request(other, number), 409, "Idempotency-Key")
            }
            try await services[0].does("cancel", id, as: "ann", version: 1)
            let again = try await request(fare, 1)
            #expect(again.status == 202 && again.text == first.text)
            #expect(try await services[1].ride(id, as: "ann").status == "cancelled")
            // The key is the rider's own.
            let bobs = try await services[1].quote("bob", from: here)
            #expect(try await request(bobs, 0, as: "bob").json(RequestedBody.self).id != id)
            // What was refused has used up no key.
            try expectProblem(try await request(fare, 0, as: "carol"), 404)
            #expect(try await request(services[0].quote("carol", from: here), 1, as: "carol").status == 202)
            #expect(try await request(other, 1).status == 409)
        }
    }

    @Test func `many at once, at all instances, are one ride for each key and for each fare`() async throws {
        try await withRideFleet { server, services in
            let here = Place.own()
            var bodies: [String] = []
            for _ in 0..<6 { bodies.append(#"{"fareId":"\#(try await services[0].quote("ann", from: here).id)"}"#) }
            let replies = try await withThrowingTaskGroup { group in
                for index in 0..<48 {
                    group.addTask { [bodies] in
                        let number = index % 6
                        // Half of the fares are asked for without a key: the first is taken, the others are told.
                        let headers = number < 3 ? key("key \(number)") : []
                        let service = services[index / 6 % 2]
                        let reply = try await service.ask("POST", "/v1/rides", as: "ann", bodies[number], headers: headers)
                        return (number, reply)
                    }
                }
                return try await group.reduce(into: [(Int, HTTPReply)]()) { $0.append($1) }
            }
            for number in 0..<6 {
                let answers = replies.filter { $0.0 == number }.map(\.1)
                let accepted = answers.filter { $0.status == 202 }
                #expect(Set(try accepted.map { try $0.json(RequestedBody.self).id }).count == 1)
                #expect(accepted.count == (number < 3 ? 8 : 1) && answers.allSatisfy { $0.status == 202 || $0.status == 409 })
            }
            #expect(Set(try await checkedLog(server).map(\.ride)).count == 6)
        }
    }
}

/// What is wrong with a request, and with what is done to a ride, is said.
@Suite(.service(.rideHailing), .serialized)
struct RideProblemTests {
    @Test(arguments: [
        ("{", "JSON"), ("", "JSON"), ("[]", ""), ("{}", "fareId"), (#"{"fareId":null}"#, "fareId"), (#"{"fareId":7}"#, "fareId"),
        (#"{"fareId":["a"]}"#, "fareId"),
    ])
    func `a request that is not in order`(_ body: String, _ word: String) async throws {
        try expectProblem(try await RunningService.shared.ask("POST", "/v1/rides", as: "ann", body), 400, word)
    }

    @Test(arguments: ["", "\u{E9}", String(repeating: "k", count: 256), "a\tb"])
    func `a key that is none`(_ key: String) async throws {
        let service = try RunningService.shared
        let body = #"{"fareId":"\#(try await service.quote("ann", from: .own()).id)"}"#
        let reply = try await service.ask("POST", "/v1/rides", as: "ann", body, headers: [("Idempotency-Key", key)])
        try expectProblem(reply, 400, "Idempotency-Key")
        #expect(try await service.ask("POST", "/v1/rides", as: "ann", body).status == 202)
    }

    @Test(arguments: ["accept", "reject", "cancel", "start", "complete"])
    func `a version that is none, and a ride that is none`(_ action: String) async throws {
        let service = try RunningService.shared
        let id = try await service.request("ann", from: .own())
        for (body, word) in [
            ("{", "JSON"), ("", "JSON"), ("{}", "version"), (#"{"version":null}"#, "version"), (#"{"version":"1"}"#, "version"),
            (#"{"version":1.5}"#, "version"), (#"{"version":0}"#, "version"), (#"{"version":-1}"#, "version"),
            (#"{"version":99999999999999999999}"#, "version"),
        ] {
            try expectProblem(try await service.ask("POST", "/v1/rides/\(id)/\(action)", as: "ann", body), 400, word)
        }
        for ride in ["x", "%2A", String(id.reversed()), id + "0", "%00", "..%2F" + id] {
            try expectProblem(try await service.act(action, ride, as: "ann", version: 1), 404)
            try expectProblem(try await service.ask("GET", "/v1/rides/\(ride)", as: "ann"), 404)
        }
        #expect(try await service.ride(id, as: "ann").version == 1)
        try await service.does("cancel", id, as: "ann", version: 1)
    }

    @Test func `a body that is too large is 413`() async throws {
        for target in ["/v1/fares", "/v1/rides", "/v1/rides/x/accept"] {
            let connection = try await RunningService.shared.connect()
            // The server may answer, and close, before it has read all.
            let body = #"{"a":"a"\#(String(repeating: " ", count: 2 << 20))}"#
            try? await connection.send("POST", target, headers: user("ann"), body: body)
            try expectProblem(try await connection.reply(), 413)
        }
    }

    @Test func `a name of more than 512 bytes is nobody's`() async throws {
        let service = try RunningService.shared
        let (long, longer) = (String(repeating: "n", count: 512), String(repeating: "n", count: 513))
        let here = Place.own()
        try await service.begin(long, at: here)
        let id = try await service.request(long, from: here)
        for (method, target, body) in [
            ("POST", "/v1/fares", #"{"from":\#(here.json),"to":\#(here.json)}"#), ("GET", "/v1/rides/\(id)", nil),
            ("POST", "/v1/rides/\(id)/accept", #"{"version":1}"#), ("PUT", "/v1/drivers/\(longer)/location", location(here)),
            ("PUT", "/v1/drivers/\(longer)/status", #"{"status":"available"}"#),
        ] {
            try expectProblem(try await service.ask(method, target, as: longer, body), 400, "user")
        }
    }
}
