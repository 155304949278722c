import TestSupport
import Testing

/// `GET /v1/presence`
@Suite(.service(.chat), .serialized)
struct PresenceTests {
    @Test func `those who were asked for, in that order, with how many connections they have`() async throws {
        let service = try RunningService.shared
        let (ann, bob, never) = (fresh("ann"), fresh("b,\u{E9} /%"), fresh("never"))
        let devices = [
            try await ChatClient.join(service, as: ann), try await ChatClient.join(service, as: ann),
            try await ChatClient.join(service, as: bob),
        ]
        let presence = try await service.presence(of: never, bob, ann, never)
        #expect(presence.map(\.user).prefix(3) == [never, bob, ann])
        #expect(presence.map(\.online).prefix(3) == [false, true, true])
        #expect(presence.map(\.connections).prefix(3) == [0, 1, 2])
        #expect(presence[0].lastSeenAt == nil)
        #expect(try await service.ask("GET", "/v1/presence?users=\(never)", as: ann).text.contains(#""lastSeenAt":null"#))

        for (index, device) in devices.prefix(2).enumerated() {
            try await device.leave()
            try await eventually("a device less") { try await service.presence(of: ann).map(\.connections) == [1 - index] }
        }
        let gone = try await service.presence(of: ann)[0]
        #expect(!gone.online && gone.lastSeenAt?.isTime == true)
    }

    @Test func `500 may be asked for`() async throws {
        let service = try RunningService.shared
        let names = (0..<500).map { "user \($0)" }
        let users = names.map(segment).joined(separator: ",")
        let body: PresenceBody = try await service.get("/v1/presence?users=\(users)", as: "ann")
        #expect(body.presence.map(\.user) == names && body.presence.allSatisfy { !$0.online && $0.connections == 0 })
        try expectProblem(try await service.ask("GET", "/v1/presence?users=\(users),x", as: "ann"), 400, "users")
    }

    @Test(arguments: ["", "?users=", "?users=a,,b", "?users=a,", "?users=%FF", "?users=\(String(repeating: "u", count: 257))"])
    func `nobody cannot be asked for`(_ query: String) async throws {
        try expectProblem(try await RunningService.shared.ask("GET", "/v1/presence\(query)", as: "ann"), 400, "user")
    }
}
