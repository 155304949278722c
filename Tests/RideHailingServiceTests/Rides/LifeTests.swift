import TestSupport
import Testing

/// A ride's way through its states, one version after the other, and who may take it there.
@Suite(.service(.rideHailing, "--driver-ttl-seconds", "600", "--offer-seconds", "300"), .serialized)
struct LifeTests {
    /// A ride that a driver has, and nobody else was asked about.
    private func accepted(_ service: RunningService, _ rider: String, _ driver: String) async throws -> RideBody {
        let here = Place.own()
        try await service.begin(driver, at: here)
        let id = try await service.request(rider, from: here)
        let offered = try await service.waits(for: "offered", of: id, as: rider)
        return try await service.does("accept", id, as: driver, version: offered.version)
    }

    @Test func `from its request to its end each step raises the version, and stands in its history`() async throws {
        let service = try RunningService.shared
        let here = Place.own()
        try await service.begin("dan", at: here)
        let id = try await service.request("ann", from: here)
        let offered = try await service.waits(for: "offered", of: id, as: "dan")
        #expect(offered.version == 2 && offered.driver == nil)
        let accepted = try await service.does("accept", id, as: "dan", version: 2)
        #expect(accepted.status == "accepted" && accepted.version == 3 && accepted.driver == "dan")
        let started = try await service.does("start", id, as: "dan", version: 3)
        #expect(started.status == "started" && started.version == 4)
        let completed = try await service.does("complete", id, as: "dan", version: 4)
        #expect(completed.status == "completed" && completed.version == 5 && completed.driver == "dan" && completed.reason == nil)
        for name in ["ann", "dan"] { #expect(try await service.ride(id, as: name) == completed) }
        #expect(completed.history.map(\.status) == ["requested", "offered", "accepted", "started", "completed"])
        #expect(completed.history.map(\.version) == [1, 2, 3, 4, 5])
        #expect(completed.history.map(\.by) == ["ann", nil, "dan", "dan", "dan"])
        #expect(completed.history.allSatisfy(\.at.isTime) && completed.history.map(\.at) == completed.history.map(\.at).sorted())
        #expect(accepted.history == Array(completed.history.prefix(3)))
    }

    @Test func `who repeats what he has won is answered so again, as long as the ride can be read`() async throws {
        let service = try RunningService.shared
        let ride = try await accepted(service, "ann", "dan")
        let id = ride.id
        #expect(try await service.does("accept", id, as: "dan", version: 2) == ride)
        let started = try await service.does("start", id, as: "dan", version: 3)
        for _ in 0..<2 { #expect(try await service.does("start", id, as: "dan", version: 3) == started) }
        #expect(try await service.does("accept", id, as: "dan", version: 2) == started)
        let completed = try await service.does("complete", id, as: "dan", version: 4)
        for (action, version) in [("accept", 2), ("start", 3), ("complete", 4)] {
            #expect(try await service.does(action, id, as: "dan", version: version) == completed)
        }

        let cancelled = try await accepted(service, "ann", "eve")
        let end = try await service.does("cancel", cancelled.id, as: "ann", version: 3)
        #expect(end.status == "cancelled" && end.version == 4)
        #expect(try await service.does("cancel", cancelled.id, as: "ann", version: 3) == end)
        #expect(try await service.does("accept", cancelled.id, as: "eve", version: 2) == end)
        // He has not cancelled it.
        #expect(try await service.isLate("cancel", cancelled.id, as: "eve", version: 3) == end)
    }

    @Test func `who saw another version is told how the ride is now`() async throws {
        let service = try RunningService.shared
        let ride = try await accepted(service, "ann", "dan")
        for (action, name, versions) in [
            ("start", "dan", [1, 2, 4, 99]), ("cancel", "ann", [1, 2, 4]), ("cancel", "dan", [2, 4]),
        ] {
            for version in versions {
                #expect(try await service.isLate(action, ride.id, as: name, version: version) == ride)
            }
        }
        // Not before it has started.
        #expect(try await service.isLate("complete", ride.id, as: "dan", version: 3) == ride)
        let started = try await service.does("start", ride.id, as: "dan", version: 3)
        #expect(try await service.isLate("complete", ride.id, as: "dan", version: 3) == started)
        let completed = try await service.does("complete", ride.id, as: "dan", version: 4)
        for name in ["ann", "dan"] {
            for version in [3, 4, 5] {
                #expect(try await service.isLate("cancel", ride.id, as: name, version: version) == completed)
            }
        }
    }

    @Test func `nobody else sees it, or does anything with it`() async throws {
        let service = try RunningService.shared
        let here = Place.own()
        try await service.begin("dan", at: here)
        try await service.begin("farther", at: here.north(300))
        let id = try await service.request("ann", from: here)
        let offered = try await service.waits(for: "offered", of: id, as: "ann")
        func refuses(_ action: String, _ names: [String], _ version: Int) async throws {
            for name in names { try expectProblem(try await service.act(action, id, as: name, version: version), 403) }
        }
        for name in ["eve", "farther", "Ann", "an"] {
            try expectProblem(try await service.ask("GET", "/v1/rides/\(id)", as: name), 403)
        }
        let others = ["eve", "farther"]
        for action in ["accept", "reject"] { try await refuses(action, others + ["ann"], offered.version) }
        try await refuses("cancel", others + ["dan"], offered.version)
        for action in ["start", "complete"] { try await refuses(action, others + ["ann", "dan"], offered.version) }
        let accepted = try await service.does("accept", id, as: "dan", version: offered.version)
        for action in ["accept", "reject"] { try await refuses(action, others + ["ann"], accepted.version) }
        try await refuses("cancel", others, accepted.version)
        for action in ["start", "complete"] { try await refuses(action, others + ["ann"], accepted.version) }
        #expect(try await service.ride(id, as: "ann") == accepted)
        try await service.does("cancel", id, as: "dan", version: accepted.version)
        for name in ["dan", "farther"] { try await service.setStatus(of: name, "offline") }
    }

    @Test func `the rider cancels while nobody has it, while it is offered, and while somebody comes`() async throws {
        let service = try RunningService.shared
        let nowhere = try await service.request("ann", from: .own())
        #expect(try await service.does("cancel", nowhere, as: "ann", version: 1).status == "cancelled")

        let here = Place.own()
        try await service.begin("dan", at: here)
        let second = try await service.request("ann", from: here)
        let offered = try await service.waits(for: "offered", of: second, as: "ann")
        let ride = try await service.does("cancel", second, as: "ann", version: offered.version)
        #expect(ride.status == "cancelled" && ride.driver == nil && ride.version == offered.version + 1)
        #expect(try await service.isLate("accept", second, as: "dan", version: offered.version) == ride)
        try await eventually("the driver is free") { try await service.isFound("dan", near: here) }

        let third = try await accepted(service, "ann", "eve")
        let cancelled = try await service.does("cancel", third.id, as: "ann", version: third.version)
        #expect(cancelled.status == "cancelled" && cancelled.driver == "eve" && cancelled.history.last?.by == "ann")
        #expect(try await service.isLate("start", third.id, as: "eve", version: third.version) == cancelled)
        try await eventually("the driver is free") { try await service.isFound("eve", near: third.from) }
    }

    @Test(arguments: [false, true])
    func `its driver cancels, and is free for the next`(_ hasStarted: Bool) async throws {
        let service = try RunningService.shared
        var ride = try await accepted(service, "ann", "dan")
        if hasStarted { ride = try await service.does("start", ride.id, as: "dan", version: ride.version) }
        let cancelled = try await service.does("cancel", ride.id, as: "dan", version: ride.version)
        #expect(cancelled.status == "cancelled" && cancelled.version == ride.version + 1 && cancelled.history.last?.by == "dan")
        if hasStarted {
            #expect(try await service.does("start", ride.id, as: "dan", version: ride.version - 1) == cancelled)
        } else {
            #expect(try await service.isLate("start", ride.id, as: "dan", version: ride.version) == cancelled)
        }
        try await eventually("he is free") { try await service.isFound("dan", near: ride.from) }
        let next = try await service.request("bob", from: ride.from)
        let offered = try await service.waits(for: "offered", of: next, as: "dan")
        #expect(try await service.does("accept", next, as: "dan", version: offered.version).driver == "dan")
        try await service.does("cancel", next, as: "bob", version: offered.version + 1)
    }
}
