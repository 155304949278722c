import TestSupport
import Testing

/// Where drivers say that they are.
@Suite(.service(.rideHailing, "--driver-ttl-seconds", "600"), .serialized)
struct LocationTests {
    @Test(arguments: [
        ("{", "JSON"), ("[]", ""), ("{}", "lat"), (#"{"lat":1}"#, "lon"), (#"{"lat":NaN,"lon":1}"#, "JSON"),
        (#"{"lat":"NaN","lon":1}"#, "lat"), (#"{"lat":1,"lon":"nan"}"#, "lon"), (#"{"lat":1,"lon":-Infinity}"#, "JSON"),
        (#"{"lat":1,"lon":null}"#, "lon"), (#"{"lat":90.0001,"lon":1}"#, "lat"), (#"{"lat":1,"lon":-180.0001}"#, "lon"),
        (#"{"lat":1e308,"lon":1}"#, "lat"), (#"{"lat":1,"lon":1,"heading":"north"}"#, "heading"),
        (#"{"lat":1,"lon":1,"heading":-1}"#, "heading"), (#"{"lat":1,"lon":1,"heading":361}"#, "heading"),
        (#"{"lat":1,"lon":1,"at":"yesterday"}"#, "at"), (#"{"lat":1,"lon":1,"at":1795253345678}"#, "at"),
        (#"{"lat":1,"lon":1,"at":"2026-13-01T00:00:00.000Z"}"#, "at"), (#"{"lat":1,"lon":1,"at":""}"#, "at"),
    ])
    func `a position that is none is refused, and moves nobody`(_ body: String, _ word: String) async throws {
        let service = try RunningService.shared
        let here = Place.own()
        try await service.begin("d", at: here)
        try expectProblem(try await service.ask("PUT", "/v1/drivers/d/location", as: "d", body), 400, word)
        let live = try await LiveClient.driver("d", at: service)
        if body.hasPrefix("{\"") {
            try await live.socket.send(#"{"type":"location",\#(body.dropFirst())"#)
            let error = try await live.next()
            #expect(error.type == "error" && error.code?.isEmpty == false && error.detail?.contains(word) == true, "\(error)")
        }
        // The connection stays, and nothing has changed.
        try await live.socket.send(#"{"type":"sing"}"#)
        #expect(try await live.next().type == "error")
        #expect(try await service.isFound("d", near: here))
        #expect(try await !service.isFound("d", near: Place(lat: 1, lon: 1)))
        try await service.setStatus(of: "d", "offline")
    }

    @Test(arguments: [
        "", #""heading":0"#, #""heading":360,"at":null"#, #""heading":null"#, #""heading":12.5,"more":{"a":[]}"#,
    ])
    func `heading and time may be left out, and what is unknown is read over`(_ fields: String) async throws {
        let service = try RunningService.shared
        let here = Place.own()
        try await service.setStatus(of: "e", "available")
        try await service.locate("e", here, fields)
        #expect(try await service.isFound("e", near: here))
    }

    @Test func `the newest by its own time counts, over HTTP and WebSocket`() async throws {
        let service = try RunningService.shared
        let here = Place.own()
        try await service.setStatus(of: "f", "available")
        let (old, new) = (Times.text(secondsFromNow: -20), Times.text(secondsFromNow: -10))
        try await service.locate("f", here, #""at":"\#(new)""#)
        // Late: what it says is no error, and counts for nothing.
        try await service.locate("f", here.north(1000), #""at":"\#(old)""#)
        let live = try await LiveClient.driver("f", at: service)
        try await live.locate(here.north(2000), #""at":"\#(old)""#)
        try await live.socket.send(#"{"type":"sing"}"#)
        #expect(try await live.next().type == "error")
        let driver = try #require(try await service.nearby(here).first { $0.id == "f" })
        #expect(driver.distanceMeters < 1, "\(driver)")
        #expect(abs(try Times.seconds(from: new, to: driver.seenAt)) < 0.002)
        try await live.locate(here.north(500), #""at":"\#(Times.text(secondsFromNow: -5))""#)
        try await eventually("the newer one counts") {
            let driver = try await service.nearby(here).first { $0.id == "f" }
            return driver.map { abs($0.distanceMeters - 500) < 2 } ?? false
        }
    }

    @Test func `a position from the future is refused, and does not make what comes later late`() async throws {
        let service = try RunningService.shared
        let here = Place.own()
        try await service.begin("g", at: here)
        let future = #""at":"\#(Times.text(secondsFromNow: 3600))""#
        let reply = try await service.ask("PUT", "/v1/drivers/g/location", as: "g", location(here.north(1000), future))
        try expectProblem(reply, 400, "at")
        let live = try await LiveClient.driver("g", at: service)
        try await live.locate(here.north(1000), future)
        let error = try await live.next()
        #expect(error.type == "error" && error.detail?.contains("at") == true, "\(error)")
        #expect(try await service.nearby(here).first { $0.id == "g" }.map { $0.distanceMeters < 1 } == true)
        try await service.locate("g", here.north(700))
        #expect(try await service.nearby(here).first { $0.id == "g" }.map { abs($0.distanceMeters - 700) < 2 } == true)
    }

    @Test func `nobody drives on behalf of another; names are compared byte by byte`() async throws {
        let service = try RunningService.shared
        let here = Place.own()
        for (name, other) in [("ann", "bob"), ("\u{E9}", "e\u{301}"), ("a", "A"), ("a", "a ")] {
            for (target, body) in [("location", location(here)), ("status", #"{"status":"available"}"#)] {
                let reply = try await service.ask("PUT", "/v1/drivers/\(segment(other))/\(target)", as: name, body)
                try expectProblem(reply, 403)
            }
        }
        #expect(try await service.nearby(here).isEmpty)
    }

    @Test func `names of every kind are found as they are`() async throws {
        let service = try RunningService.shared
        let here = Place.own()
        let names = ["a b", "a/b", "\u{E9}", "e\u{301}", "{rides}", "*", "a:b", "a,b", "%41", "\u{1F600}", "\"\\", "nearby"]
        for (index, name) in names.enumerated() {
            try await service.begin(name, at: here.north(Double(index)))
        }
        let found = try await service.nearby(here, "&limit=100").map { Array($0.id.utf8) }
        #expect(found == names.map { Array($0.utf8) })
    }
}
