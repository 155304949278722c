import Foundation
import NIOCore
import RideHailing

/// A driver: drives around, says where he is, answers offers, and brings riders where they want to go.
actor Driver {
    private let name: String
    private let city: City
    private let pace: Pace
    private let service: ServiceClient
    private let observations: Observations
    private var random: SeededRandom
    private var place: Coordinate
    private var socket: WebSocketLink?
    /// His ride, and where he drives with it.
    private var trip: Trip?
    private var driving: Task<Void, Never>?

    private struct Trip {
        let ride: String
        let from: Coordinate
        let to: Coordinate
        let begin: ContinuousClock.Instant
        let duration: Duration

        func place(at now: ContinuousClock.Instant) -> Coordinate {
            let share = duration > .zero ? min(1, (now - begin) / duration) : 1
            let latitude = from.latitude + (to.latitude - from.latitude) * share
            let longitude = from.longitude + (to.longitude - from.longitude) * share
            return (try? Coordinate(latitude: latitude, longitude: longitude)) ?? to
        }
    }

    private static let reconnectAfter = Duration.seconds(1)

    init(_ number: Int, seed: UInt64, city: City, pace: Pace, service: ServiceClient, observations: Observations) {
        name = "driver-\(number)"
        (self.city, self.pace, self.service, self.observations) = (city, pace, service, observations)
        random = SeededRandom(seed: seed &+ UInt64(number) &* 0x9E37_79B9)
        place = city.place(&random)
    }

    /// Begins his work.
    func begin() async throws {
        socket = try await service.driverSocket(of: name)
        ping()
        try await service.setStatus(of: name, to: "available")
    }

    /// Until the task is cancelled.
    func run() async {
        let pinging = Task {
            // Not all in the same moment.
            try? await Task.sleep(for: Pace.pingInterval * share())
            while !Task.isCancelled {
                ping()
                try? await Task.sleep(for: Pace.pingInterval)
            }
        }
        await withTaskCancellationHandler {
            while !Task.isCancelled {
                if let socket { await listen(to: socket) }
                if Task.isCancelled { break }
                observations.note { $0.connectionsLost += 1 }
                try? await Task.sleep(for: Self.reconnectAfter)
                socket = try? await service.driverSocket(of: name)
            }
        } onCancel: {
            pinging.cancel()
        }
        driving?.cancel()
    }

    func end() { socket?.close() }

    private func share() -> Double { random.share() }

    private func listen(to socket: WebSocketLink) async {
        for await text in socket.messages { hear(ServerMessage(text)) }
    }

    private func ping() {
        if let trip {
            place = trip.place(at: .now)
        } else {
            place = city.step(from: place, meters: pace.wanderingMeters, &random)
        }
        guard let socket else { return }
        socket.send("{\"type\":\"location\",\"lat\":\(Self.number(place.latitude)),\"lon\":\(Self.number(place.longitude))}")
        observations.note { $0.positions += 1 }
    }

    /// To a tenth of a meter.
    private static func number(_ degrees: Double) -> Double { (degrees * 1e6).rounded() / 1e6 }

    private func hear(_ message: ServerMessage) {
        switch message {
        case .offer(let ride, let version):
            observations.note { $0.offers += 1 }
            think(of: ride, version)
        case .offerWithdrawn(_, let reason): observations.note { $0.withdrawals[reason, default: 0] += 1 }
        case .ride(let ride):
            observations.has(name, ride)
            go(with: ride)
        case .error(let code, _):
            if code == "conflict" {
                observations.note { $0.lateAccepts += 1 }
            } else {
                observations.note { $0.refusals["driver: \(code)", default: 0] += 1 }
            }
        case .driverLocation, .unknown: break
        }
    }

    private func think(of ride: String, _ version: Int) {
        let seconds = Double.random(in: Pace.thinkingSeconds, using: &random)
        let mood = random.share()
        guard mood < Pace.accepted + Pace.rejected else { return }
        Task {
            try? await Task.sleep(for: .seconds(seconds))
            let answer = mood < Pace.accepted ? "accept" : "reject"
            if answer == "accept" { observations.accepts(ride) }
            socket?.send("{\"type\":\"\(answer)\",\"ride\":\"\(ride)\",\"version\":\(version)}")
        }
    }

    // MARK: Driving

    private func go(with ride: SeenRide) {
        if ride.isOver {
            if trip?.ride == ride.id { endTrip() }
        } else if driving == nil {
            driving = Task { await drive(ride) }
        }
    }

    private func endTrip() {
        driving?.cancel()
        (driving, trip) = (nil, nil)
    }

    /// To the rider, and with him.
    private func drive(_ ride: SeenRide) async {
        var ride = ride
        while !Task.isCancelled, !ride.isOver {
            let isPickedUp = ride.status == "started"
            let target = isPickedUp ? ride.to : ride.from
            guard let target = try? Coordinate(latitude: target.lat, longitude: target.lon) else { return }
            trip = Trip(
                ride: ride.id, from: place, to: target, begin: .now, duration: pace.duration(from: place, to: target))
            do { try await Task.sleep(for: pace.duration(from: place, to: target)) } catch { return }
            place = target
            ping()
            do {
                ride = try await service.perform(
                    isPickedUp ? "complete" : "start", on: ride.id, by: name, version: ride.version)
            } catch {
                if Task.isCancelled { return }
                observations.noteRefusal(error)
                try? await Task.sleep(for: Self.reconnectAfter)
                ride = (try? await service.ride(ride.id, for: name)) ?? ride
            }
        }
        if !Task.isCancelled { (driving, trip) = (nil, nil) }
    }
}
