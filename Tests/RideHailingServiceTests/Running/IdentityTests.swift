import TestSupport
import Testing

/// Nothing here is for nobody, and nobody is somebody else.
@Suite(.slots(1), .serialized)
struct IdentityTests {
    private static let secret = "a secret of these tests, and of nothing else"
    private static let requests: [(method: String, target: String, body: String?)] = [
        ("POST", "/v1/fares", #"{"from":{"lat":1,"lon":1},"to":{"lat":1,"lon":1.1}}"#),
        ("PUT", "/v1/drivers/ann/location", #"{"lat":1,"lon":1}"#), ("PUT", "/v1/drivers/ann/status", #"{"status":"available"}"#),
        ("GET", "/v1/drivers/nearby?lat=1&lon=1", nil), ("POST", "/v1/rides", #"{"fareId":"x"}"#), ("GET", "/v1/rides/x", nil),
        ("POST", "/v1/rides/x/accept", #"{"version":1}"#), ("POST", "/v1/rides/x/reject", #"{"version":1}"#),
        ("POST", "/v1/rides/x/cancel", #"{"version":1}"#), ("POST", "/v1/rides/x/start", #"{"version":1}"#),
        ("POST", "/v1/rides/x/complete", #"{"version":1}"#),
    ]
    private static let sockets = ["/v1/drivers/ws", "/v1/rides/x/ws"]

    private func bearer(_ token: String) -> [(String, String)] { [("Authorization", "Bearer \(token)")] }

    private func refusal(_ service: RunningService, _ target: String, _ headers: [(String, String)] = []) async throws
        -> HTTPReply
    {
        let refused = await #expect(throws: WebSocketClient.Refused.self, "\(target)") {
            _ = try await WebSocketClient.connect(port: service.port, target, headers: headers)
        }
        return try #require(refused).reply
    }

    @Test func `without an identity every request is 401`() async throws {
        try await withService(.rideHailing) { service in
            try await service.becomesReady()
            for (method, target, body) in Self.requests {
                for headers in [[], user(""), bearer("x")] {
                    let reply = try await service.request(method, target, headers: headers, body: body)
                    try expectProblem(reply, 401)
                    #expect(reply["WWW-Authenticate"] == "Bearer")
                }
            }
            for target in Self.sockets {
                try expectProblem(try await refusal(service, target), 401)
                try expectProblem(try await refusal(service, target + "?user="), 401)
                try expectProblem(try await refusal(service, target, bearer("x")), 401)
                // A page of elsewhere, in a browser of this machine.
                let reply = try await refusal(service, target + "?user=ann", [("Origin", "https://evil.example")])
                #expect(reply.status == 401 || reply.status == 403, "\(reply)")
            }
        }
    }

    @Test func `by JWT where there is a secret, and then by nothing else`() async throws {
        try await withService(.rideHailing, environment: ["JWT_SECRET": Self.secret]) { service in
            try await service.becomesReady()
            let ann = token(#"{"sub":"ann","exp":4000000000}"#, secret: Self.secret)
            let bob = token(#"{"sub":"bob","exp":4000000000}"#, secret: Self.secret)
            let forged = [
                token(#"{"sub":"ann"}"#, secret: "another"), token(#"{"sub":"ann","exp":1000000000}"#, secret: Self.secret),
                "x.y.z",
            ]
            for (method, target, body) in Self.requests {
                for headers in [[], user("ann")] + forged.map(bearer) {
                    try expectProblem(try await service.request(method, target, headers: headers, body: body), 401)
                }
            }
            for target in Self.sockets {
                try expectProblem(try await refusal(service, target + "?user=ann"), 401)
                try expectProblem(try await refusal(service, target, user("ann")), 401)
                for token in forged {
                    try expectProblem(try await refusal(service, target + "?access_token=\(token)"), 401)
                    try expectProblem(try await refusal(service, target, bearer(token)), 401)
                }
            }
            let body = #"{"from":{"lat":1,"lon":1},"to":{"lat":1,"lon":1.1}}"#
            let fare = try await service.request("POST", "/v1/fares", headers: bearer(ann) + user("bob"), body: body)
            let request = #"{"fareId":"\#(try fare.json(FareBody.self).id)"}"#
            try expectProblem(try await service.request("POST", "/v1/rides", headers: bearer(bob), body: request), 404)
            let accepted = try await service.request("POST", "/v1/rides", headers: bearer(ann), body: request)
            let id = try accepted.json(RequestedBody.self).id
            try expectProblem(try await service.request("GET", "/v1/rides/\(id)", headers: bearer(bob)), 403)
            try expectProblem(try await refusal(service, "/v1/rides/\(id)/ws?access_token=\(bob)"), 403)
            let rider = try await WebSocketClient.connect(port: service.port, "/v1/rides/\(id)/ws?access_token=\(ann)")
            #expect(try await rider.json(LiveMessage.self).ride?.rider == "ann")

            let driver = try await WebSocketClient.connect(port: service.port, "/v1/drivers/ws", headers: bearer(bob))
            let target = "/v1/drivers/bob/status"
            let status = #"{"status":"available"}"#
            try expectProblem(try await service.request("PUT", target, headers: bearer(ann), body: status), 403)
            #expect(try await service.request("PUT", target, headers: bearer(bob), body: status).status == 204)
            try await driver.send(#"{"type":"location","lat":1,"lon":1}"#)
            #expect(try await driver.json(LiveMessage.self).type == "offer")
        }
    }
}
