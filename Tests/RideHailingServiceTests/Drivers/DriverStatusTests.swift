import TestSupport
import Testing

/// Who works, and who does not.
@Suite(.service(.rideHailing, "--driver-ttl-seconds", "600", "--offer-seconds", "300"), .serialized)
struct DriverStatusTests {
    @Test func `only who is available is found, and at once`() async throws {
        let service = try RunningService.shared
        let here = Place.own()
        // Who has not said that he works does not.
        try await service.locate("d", here)
        #expect(try await !service.isFound("d", near: here))
        for _ in 0..<3 {
            try await service.setStatus(of: "d", "available")
            try await service.setStatus(of: "d", "available")
            #expect(try await service.isFound("d", near: here))
            try await service.setStatus(of: "d", "offline")
            #expect(try await !service.isFound("d", near: here))
            try await service.locate("d", here)
            #expect(try await !service.isFound("d", near: here))
        }
    }

    @Test(arguments: [
        ("{", "JSON"), ("{}", "status"), (#"{"status":null}"#, "status"), (#"{"status":1}"#, "status"),
        (#"{"status":"riding"}"#, "status"), (#"{"status":"offered"}"#, "status"), (#"{"status":"Available"}"#, "status"),
        (#"{"status":""}"#, "status"),
    ])
    func `a status that is none`(_ body: String, _ word: String) async throws {
        try expectProblem(try await RunningService.shared.ask("PUT", "/v1/drivers/e/status", as: "e", body), 400, word)
    }

    @Test func `who has a ride is found by nobody, whatever he says, and again when it is over`() async throws {
        let service = try RunningService.shared
        let here = Place.own()
        try await service.begin("f", at: here)
        for end in ["complete", "cancel", "cancelled by the rider"] {
            let id = try await service.request("ann", from: here)
            var ride = try await service.waits(for: "offered", of: id, as: "f")
            ride = try await service.does("accept", id, as: "f", version: ride.version)
            for status in ["available", "offline", "available"] {
                // Whether he is told that he cannot, or nothing comes of it.
                let reply = try await service.ask("PUT", "/v1/drivers/f/status", as: "f", #"{"status":"\#(status)"}"#)
                #expect(reply.status == 409 || reply.status == 204, "\(reply)")
                try await service.locate("f", here)
                #expect(try await !service.isFound("f", near: here))
            }
            // Nobody else's ride is offered to him.
            let other = try await service.request("bob", from: here)
            if end == "complete" { ride = try await service.does("start", id, as: "f", version: ride.version) }
            #expect(try await service.offered(other, among: ["f"]).isEmpty)
            try await service.does("cancel", other, as: "bob", version: 1)
            switch end {
            case "complete", "cancel": try await service.does(end, id, as: "f", version: ride.version)
            default: try await service.does("cancel", id, as: "ann", version: ride.version)
            }
            try await eventually("he is found again") { try await service.isFound("f", near: here) }
        }
    }

    @Test func `who goes offline while he is offered a ride does not get it`() async throws {
        let service = try RunningService.shared
        let here = Place.own()
        try await service.begin("g", at: here)
        try await service.begin("h", at: here.north(100))
        let id = try await service.request("ann", from: here)
        let offered = try await service.waits(for: "offered", of: id, as: "g")
        try await service.setStatus(of: "g", "offline")
        try await eventually("the next one is asked") { try await service.offered(id, among: ["h"]) == ["h"] }
        let ride = try await service.isLate("accept", id, as: "g", version: offered.version)
        #expect(ride.driver == nil)
        #expect(try await !service.isFound("g", near: here))
        try await service.does("accept", id, as: "h", version: service.waits(for: "offered", of: id, as: "ann").version)
    }
}
