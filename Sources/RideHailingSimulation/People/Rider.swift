import Foundation
import RideHailing

/// A rider: asks for the price, requests a ride, and waits for it on the screen.
struct Rider: Sendable {
    let name: String
    let from: Coordinate
    let to: Coordinate
    /// nil: he waits, however long.
    let patience: Duration?
    let service: ServiceClient
    let observations: Observations

    private static let attempts = 20
    private static let pause = Duration.milliseconds(500)

    init(_ number: Int, in city: City, service: ServiceClient, observations: Observations, _ random: inout SeededRandom) {
        name = "rider-\(number)"
        from = city.place(&random)
        to = city.place(&random)
        let isImpatient = random.share() < Pace.impatient
        patience = isImpatient ? .seconds(random.share() * Pace.patienceSeconds) : nil
        (self.service, self.observations) = (service, observations)
    }

    /// Until his ride has ended, or the task is cancelled.
    func run() async {
        do {
            let fare = try await trying { try await service.quote(from: from, to: to, for: name) }
            let requestedAt = ContinuousClock.now
            let key = UUID().uuidString
            let ride = try await trying { try await service.request(fare: fare, for: name, key: key) }
            observations.note { counts in
                counts.requested += 1
                counts.undecided.insert(ride)
            }
            await follow(ride, requestedAt)
        } catch {
            if Task.isCancelled { return }
            observations.noteRefusal(error)
            observations.note { $0.givenUp += 1 }
        }
    }

    /// Again and again, as a client does to which a server says that it is not ready; the same key makes it one ride.
    private func trying<Value>(_ body: () async throws -> Value) async throws -> Value {
        for _ in 1..<Self.attempts {
            do {
                return try await body()
            } catch {
                try Task.checkCancellation()
                if let refusal = error as? ServiceClient.Refusal, !refusal.isPassing { throw error }
                observations.noteRefusal(error)
                try await Task.sleep(for: Self.pause)
            }
        }
        return try await body()
    }

    private func follow(_ ride: String, _ requestedAt: ContinuousClock.Instant) async {
        let leaving = patience.map { patience in Task { await leave(ride, after: patience) } }
        defer { leaving?.cancel() }
        while !Task.isCancelled {
            if let socket = try? await service.riderSocket(of: name, ride: ride) {
                let isOver = await withTaskCancellationHandler {
                    await watch(socket, requestedAt)
                } onCancel: {
                    socket.close()
                }
                if isOver { return socket.close() }
                if !Task.isCancelled { observations.note { $0.connectionsLost += 1 } }
            }
            try? await Task.sleep(for: Self.pause)
        }
    }

    /// - Returns: whether the ride has ended, rather than the connection.
    private func watch(_ socket: WebSocketLink, _ requestedAt: ContinuousClock.Instant) async -> Bool {
        for await text in socket.messages {
            guard case .ride(let ride) = ServerMessage(text) else { continue }
            switch ride.status {
            case "accepted", "started": observations.matched(ride, requestedAt: requestedAt)
            case "completed":
                observations.matched(ride, requestedAt: requestedAt)
                observations.note { $0.completed += 1 }
            case "cancelled":
                observations.note { counts in
                    counts.undecided.remove(ride.id)
                    counts.cancelled += 1
                }
            case "unmatched":
                observations.note { counts in
                    counts.undecided.remove(ride.id)
                    counts.unmatched[ride.reason ?? "no reason", default: 0] += 1
                }
            default: break
            }
            if ride.isOver { return true }
        }
        return false
    }

    /// He does not want to wait any more, unless he has a driver by then.
    private func leave(_ ride: String, after patience: Duration) async {
        try? await Task.sleep(for: patience)
        // Its version may change meanwhile.
        for _ in 0..<Self.attempts where !Task.isCancelled {
            guard let seen = try? await service.ride(ride, for: name), ["requested", "offered"].contains(seen.status) else {
                return
            }
            if (try? await service.perform("cancel", on: ride, by: name, version: seen.version)) != nil { return }
        }
    }
}
