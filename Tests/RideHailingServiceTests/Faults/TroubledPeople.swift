import TestSupport
import Testing

/// Requests one ride after the other, changes his mind now and then, and gives up no request before it was answered.
struct TroubledRider {
    let name: String
    let place: Place
    let trouble: Trouble
    var random: SeededGenerator

    mutating func run() async throws {
        var number = 0
        while !trouble.isOver {
            number += 1
            let way = #"{"from":\#(place.json),"to":\#(place.north(3000).json)}"#
            let fare = try await trouble.answer("POST", "/v1/fares", as: name, way, random: &random)
            try #require(fare.status == 201, "\(fare), seed \(trouble.seed)")
            let body = #"{"fareId":"\#(try fare.json(FareBody.self).id)"}"#
            let key = [("Idempotency-Key", "\(number)")]
            let reply = try await trouble.answer("POST", "/v1/rides", as: name, body, headers: key, random: &random)
            try #require(reply.status == 202, "\(reply), seed \(trouble.seed)")
            let id = try reply.json(RequestedBody.self).id
            trouble.note(id, requestedBy: name)
            try await Task.sleep(for: .milliseconds(Int.random(in: 50...400, using: &random)))
            if Int.random(in: 0..<5, using: &random) == 0 { try await cancel(id) }
        }
    }

    private mutating func cancel(_ id: String) async throws {
        let reply = try await trouble.answer("GET", "/v1/rides/\(id)", as: name, random: &random)
        try #require(reply.status == 200, "\(reply), seed \(trouble.seed)")
        let version = try reply.json(RideBody.self).version
        let end = try await trouble.answer(
            "POST", "/v1/rides/\(id)/cancel", as: name, #"{"version":\#(version)}"#, random: &random)
        // 409: it has gone on.
        #expect(end.status == 200 || end.status == 409, "\(end), seed \(trouble.seed)")
        if end.status == 200 { trouble.note(try end.json(), by: name) }
    }
}

/// Takes, rejects or ignores what he is offered, and drives what he has; while there is trouble as he likes, afterwards as he should.
struct TroubledDriver {
    let name: String
    let place: Place
    let trouble: Trouble
    var random: SeededGenerator

    /// On one connection after the other, to any server, until everything is done.
    mutating func run() async throws {
        while !trouble.isDone {
            let status = #"{"status":"available"}"#
            let reply = try await trouble.answer("PUT", "/v1/drivers/\(name)/status", as: name, status, random: &random)
            #expect(reply.status == 204, "\(reply), seed \(trouble.seed)")
            guard let server = trouble.server(&random),
                let live = try? await LiveClient.driver(name, at: server, patience: .seconds(1))
            else { continue }
            var silence = 0
            while !trouble.isDone, silence < 3 {
                do {
                    try await live.locate(place)
                    let message = try await live.next()
                    silence = 0
                    if message.type == "offer", let id = message.id, let version = message.version {
                        try await consider(id, version, live)
                    }
                } catch is HTTPConnectionError {
                    // Nothing new, or a server that hangs.
                    silence += 1
                } catch is ExpectationFailedError {
                    throw UnexpectedAnswer(seed: trouble.seed)
                } catch {
                    break
                }
            }
        }
    }

    private mutating func consider(_ id: String, _ version: Int, _ live: LiveClient) async throws {
        switch trouble.isOver ? 0 : Int.random(in: 0..<10, using: &random) {
        case 8: return
        case 9:
            let reply = try await act("reject", id, version)
            #expect(reply.status == 200 || reply.status == 409, "\(reply), seed \(trouble.seed)")
        case let dice:
            // Twice, by two ways: he has won it once.
            if dice > 4 { try? await live.say("accept", id, version: version) }
            let reply = try await act("accept", id, version)
            #expect(reply.status == 200 || reply.status == 409, "\(reply), seed \(trouble.seed)")
            if reply.status == 200 { try await drive(try reply.json()) }
        }
    }

    private mutating func drive(_ accepted: RideBody) async throws {
        #expect(accepted.driver == name, "seed \(trouble.seed)")
        if accepted.status == "accepted" { trouble.note(accepted, by: name) }
        try await Task.sleep(for: .milliseconds(Int.random(in: 0...300, using: &random)))
        let reply = try await act("start", accepted.id, accepted.version)
        guard reply.status == 200 else {
            // Only the rider can have changed it.
            try #require(reply.status == 409, "\(reply), seed \(trouble.seed)")
            let now = try reply.json(ConflictBody.self).ride
            #expect(now.status == "cancelled" && now.driver == name, "\(now), seed \(trouble.seed)")
            return
        }
        let started: RideBody = try reply.json()
        trouble.note(started, by: name)
        let isCancelled = !trouble.isOver && Int.random(in: 0..<10, using: &random) == 0
        let end = try await act(isCancelled ? "cancel" : "complete", started.id, started.version)
        try #require(end.status == 200, "\(end), seed \(trouble.seed)")
        trouble.note(try end.json(), by: name)
    }

    private mutating func act(_ action: String, _ id: String, _ version: Int) async throws -> HTTPReply {
        try await trouble.answer("POST", "/v1/rides/\(id)/\(action)", as: name, #"{"version":\#(version)}"#, random: &random)
    }
}

struct UnexpectedAnswer: Error {
    let seed: UInt64
}
