import EmbeddedRedis
import Redis
import RideHailing
import TestSupport
import Testing

/// What a driver says and hears over his WebSocket.
@Suite(.slots(1), .serialized)
struct DriverSocketTests {
    @Test func `an offer says all that he needs, and a won accept is answered with the ride`() async throws {
        try await withRideFleet { _, services in
            let here = Place.own()
            let live = try await LiveClient.driver("dan", at: services[1])
            try await services[0].setStatus(of: "dan", "available")
            try await live.locate(here, #""heading":90"#)
            try await eventually("he is found") { try await services[0].isFound("dan", near: here) }
            let fare = try await services[0].quote("ann", from: here)
            let reply = try await services[0].ask("POST", "/v1/rides", as: "ann", #"{"fareId":"\#(fare.id)"}"#)
            let id = try reply.json(RequestedBody.self).id
            let offer = try await live.next()
            #expect(offer.type == "offer" && offer.id == id && offer.version == 2)
            #expect(offer.from == here && offer.to == here.north(3000) && offer.amountCents == fare.amountCents)
            let expiresAt = try #require(offer.expiresAt)
            let offered = try #require(try await services[0].ride(id, as: "dan").at("offered"))
            let open = try Times.seconds(from: offered, to: expiresAt)
            #expect(expiresAt.isTime && open > 299 && open <= 300, "\(open)")

            try await live.say("accept", id, version: 2)
            let won = try await live.next()
            #expect(won.type == "ride" && won.ride?.status == "accepted" && won.ride?.driver == "dan")
            #expect(try await services[0].ride(id, as: "ann") == won.ride)
            // Each transition, whoever makes it and wherever.
            let started = try await services[0].does("start", id, as: "dan", version: 3)
            #expect(try await live.next().ride == started)
            // Who repeats what he has won is told again.
            try await live.say("accept", id, version: 2)
            #expect(try await live.next().ride == started)
            let completed = try await services[1].does("complete", id, as: "dan", version: 4)
            #expect(try await live.next().ride == completed)

            try await eventually("he is free") { try await services[0].isFound("dan", near: here) }
            let next = try await services[0].request("bob", from: here)
            let second = try await live.next("offer", of: next)
            try await live.say("accept", next, version: try #require(second.version))
            let ride = try await live.ride(next, is: "accepted")
            let cancelled = try await services[0].does("cancel", next, as: "bob", version: ride.version)
            #expect(try await live.next().ride == cancelled)
        }
    }

    @Test func `an offer is withdrawn when the rider cancels; a lost accept says how it was lost`() async throws {
        try await withRideFleet { _, services in
            let here = Place.own()
            let live = try await LiveClient.driver("dan", at: services[0])
            try await services[0].begin("dan", at: here)
            let id = try await services[1].request("ann", from: here)
            let offer = try await live.next("offer", of: id)
            let version = try #require(offer.version)
            try await services[1].does("cancel", id, as: "ann", version: version)
            let withdrawn = try await live.next()
            #expect(withdrawn.type == "offerWithdrawn" && withdrawn.id == id && withdrawn.reason?.isEmpty == false)
            for _ in 0..<2 {
                try await live.say("accept", id, version: version)
                let error = try await live.next()
                #expect(error.type == "error" && error.code == "conflict" && error.id == id && error.detail?.isEmpty == false)
            }
            // He is free for the next.
            let next = try await services[1].request("ann", from: here)
            let second = try await live.next("offer", of: next)
            try await live.say("reject", next, version: try #require(second.version))
            try await eventually("it waits for others") { try await services[0].ride(next, as: "ann").status == "requested" }
            let last = try await services[1].request("bob", from: here)
            #expect(try await live.next("offer").id == last)
        }
    }

    @Test func `an offer that is open is sent again on reconnect, to any instance and any device`() async throws {
        try await withRideFleet { _, services in
            let here = Place.own()
            let first = try await LiveClient.driver("dan", at: services[0])
            try await services[0].begin("dan", at: here)
            let id = try await services[0].request("ann", from: here)
            let offer = try await first.next("offer", of: id)
            try await first.socket.connection.reset()
            var last: LiveClient?
            for round in 0..<4 {
                let again = try await LiveClient.driver("dan", at: services[round % 2])
                let same = try await again.next()
                #expect(same.type == "offer" && same.id == id && same.version == offer.version)
                #expect(same.expiresAt == offer.expiresAt && same.amountCents == offer.amountCents)
                if round % 2 == 0 { try await again.socket.close() }
                last = again
            }
            // Accepted elsewhere, it is his on every device, and no offer any more.
            try await services[0].does("accept", id, as: "dan", version: try #require(offer.version))
            #expect(try await #require(last).ride(id, is: "accepted").driver == "dan")
            let later = try await LiveClient.driver("dan", at: services[1])
            try await later.socket.send(#"{"type":"sing"}"#)
            var message = try await later.next()
            while message.type == "ride" { message = try await later.next() }
            #expect(message.type == "error")
        }
    }

    @Test func `an offer of before is not sent again when it is over`() async throws {
        try await withRideFleet(of: 1, ["--offer-seconds", "1", "--driver-ttl-seconds", "600"]) { _, services in
            let here = Place.own()
            try await services[0].begin("dan", at: here)
            let id = try await services[0].request("ann", from: here)
            try await eventually("its offer is over") {
                try await services[0].ride(id, as: "ann").history.map(\.status) == ["requested", "offered", "requested"]
            }
            let live = try await LiveClient.driver("dan", at: services[0])
            let other = try await services[0].request("bob", from: here)
            #expect(try await live.next().id == other)
        }
    }

    @Test func `answers that are sent at once, without waiting, are taken one after the other`() async throws {
        let arguments = unhurried + ["--offer-mode", "broadcast"]
        try await withRideFleet(of: 1, arguments) { server, services in
            let here = Place.own()
            let live = try await LiveClient.driver("dan", at: services[0])
            try await services[0].begin("dan", at: here)
            var frames: [UInt8] = []
            var ids: [String] = []
            for number in 0..<10 {
                let id = try await services[0].request("rider \(number)", from: here)
                let version = try #require(try await live.next("offer", of: id).version)
                ids.append(id)
                frames += WebSocketFrame.text(#"{"type":"accept","ride":"\#(id)","version":\#(version)}"#).bytes
                frames += WebSocketFrame.text(#"{"type":"location",\#(location(here.north(5)).dropFirst())"#).bytes
            }
            try await live.socket.connection.send(frames)
            // The first has it, and is told before the others are refused. Their offers are withdrawn: they need not wait for him.
            var (answers, withdrawn): ([String?], Set<String?>) = ([], [])
            while answers.count + withdrawn.count < 19 {
                let message = try await live.next()
                if message.type == "offerWithdrawn" { withdrawn.insert(message.id) } else { answers.append(message.id) }
                let expected = answers.count < 2 ? message.type == "ride" : message.code == "conflict"
                #expect(message.type == "offerWithdrawn" || expected, "\(message)")
            }
            #expect(answers == ids && withdrawn == Set(ids.dropFirst()))
            try await checkedLog(server, .broadcast)
        }
    }

    static let badFrames = [
        ("", ""), ("{", "JSON"), ("[]", ""), ("7", ""), ("null", ""), ("{}", "type"), (#"{"type":7}"#, "type"),
        (#"{"type":null}"#, "type"), (#"{"type":"offer"}"#, "type"), (#"{"type":"location"}"#, "lat"),
        (#"{"type":"location","lat":1}"#, "lon"), (#"{"type":"location","lat":NaN,"lon":1}"#, "JSON"),
        (#"{"type":"location","lat":"NaN","lon":1}"#, "lat"), (#"{"type":"location","lat":1,"lon":181}"#, "lon"),
        (#"{"type":"location","lat":1,"lon":1,"heading":-1}"#, "heading"), (#"{"type":"accept"}"#, "ride"),
        (#"{"type":"accept","ride":"x"}"#, "version"), (#"{"type":"accept","version":2}"#, "ride"),
        (#"{"type":"accept","ride":7,"version":2}"#, "ride"), (#"{"type":"reject","ride":"x","version":"2"}"#, "version"),
        (#"{"type":"reject","ride":"x","version":1.5}"#, "version"), (#"{"type":"reject","ride":"x","version":1e99}"#, "version"),
        (String(repeating: #"{"a":"#, count: 600) + "1" + String(repeating: "}", count: 600), ""),
    ]

    @Test func `what is not understood is an error that says so, and the connection stays`() async throws {
        try await withRideFleet(of: 1) { _, services in
            let here = Place.own()
            let live = try await LiveClient.driver("dan", at: services[0])
            try await services[0].setStatus(of: "dan", "available")
            for (frame, word) in Self.badFrames {
                try await live.socket.send(frame)
                let error = try await live.next()
                #expect(error.type == "error" && error.code?.isEmpty == false && error.code != "conflict", "\(frame): \(error)")
                #expect(error.detail?.contains(word) == true && error.detail?.isEmpty == false, "\(frame): \(error)")
            }
            // Rides that are none, or another's.
            let others = try await services[0].request("ann", from: .own())
            for (ride, version) in [("x", 2), (others, 1), (String(others.reversed()), 1)] {
                for action in ["accept", "reject"] {
                    try await live.say(action, ride, version: version)
                    let error = try await live.next()
                    #expect(error.type == "error" && error.id == ride && error.code?.isEmpty == false, "\(error)")
                    #expect(error.code != "conflict")
                }
            }
            #expect(try await services[0].ride(others, as: "ann").version == 1)
            try await live.locate(here)
            try await eventually("it works on") { try await services[0].isFound("dan", near: here) }
        }
    }

    @Test func `frames that no client may send close the connection with their code`() async throws {
        try await withRideFleet(of: 1) { _, services in
            var unmasked = WebSocketFrame.text("{}")
            unmasked.mask = nil
            var reserved = WebSocketFrame.text("{}")
            reserved.reserved = 4
            let huge = WebSocketFrame.text(String(repeating: " ", count: 1 << 20))
            for (frame, code) in [
                (WebSocketFrame.binary([1, 2]), 1003), (WebSocketFrame(0x1, [0xFF]), 1007), (unmasked, 1002), (reserved, 1002),
                (WebSocketFrame(0x3), 1002), (huge, 1009),
            ] {
                for rider in [false, true] {
                    let id = rider ? try await services[0].request("ann", from: .own()) : ""
                    let live =
                        rider
                        ? try await LiveClient.rider("ann", of: id, at: services[0])
                        : try await LiveClient.driver("ann", at: services[0])
                    // The server may close before it has read all.
                    try? await live.socket.send(frame)
                    #expect(try await live.socket.closed().code == UInt16(code), "\(frame.opcode)")
                }
            }
            #expect(try await services[0].isReady())
        }
    }

    @Test func `each version comes once and in order, to every device, however fast one follows the other`() async throws {
        try await withRideFleet { _, services in
            let here = Place.own()
            let devices = try await together(0..<2) { try await LiveClient.driver("dan", at: services[$0]) }
            try await services[0].begin("dan", at: here)
            var id = try await services[0].request("ann", from: here)
            for device in devices { _ = try await device.next("offer", of: id) }
            for round in 0..<20 {
                let connection = try await services[round % 2].connect()
                // Without waiting for an answer.
                for (index, action) in ["accept", "start", "complete"].enumerated() {
                    let body = #"{"version":\#(index + 2)}"#
                    try await connection.send("POST", "/v1/rides/\(id)/\(action)", headers: user("dan"), body: body)
                }
                for _ in 0..<3 { #expect(try await connection.reply().status == 200) }
                let next = try await services[0].request("ann", from: here)
                for device in devices {
                    var seen: [Int] = []
                    var message = try await device.next()
                    while message.type != "offer" {
                        if message.type == "ride", message.id == id { seen.append(message.ride?.version ?? 0) }
                        message = try await device.next()
                    }
                    #expect(message.id == next && seen == [3, 4, 5], "\(seen)")
                }
                id = next
            }
        }
    }

    @Test func `a ride that is offered to him on one instance and accepted on another is nobody else's`() async throws {
        try await withRideFleet { server, services in
            let here = Place.own()
            let both = try await (LiveClient.driver("dan", at: services[0]), LiveClient.driver("dan", at: services[1]))
            try await services[0].begin("dan", at: here)
            for _ in 0..<10 {
                let id = try await services[0].request("ann", from: here)
                let version = try #require(try await both.0.next("offer", of: id).version)
                _ = try await both.1.next("offer", of: id)
                // From both devices at once: it is one driver, who has won once, and is told so twice.
                async let first: Void = both.0.say("accept", id, version: version)
                async let second: Void = both.1.say("accept", id, version: version)
                _ = try await (first, second)
                #expect(try await both.0.ride(id, is: "accepted") == both.1.ride(id, is: "accepted"))
                try await services[0].does("start", id, as: "dan", version: version + 1)
                try await services[1].does("complete", id, as: "dan", version: version + 2)
                for live in [both.0, both.1] { _ = try await live.ride(id, is: "completed") }
                try await eventually("he is free") { try await services[0].isFound("dan", near: here) }
            }
            try await checkedLog(server)
        }
    }
}
