import Logging
import RideHailing
import ServiceKit
import ServiceLifecycle

/// Tells the connections of this instance what happens to rides.
///
/// What is published is a hint with a version: it says whom it concerns, and if he is connected here the ride is read and shown to him. Where
/// something may have been missed, everything that is shown here is read anew.
final class LiveRides: Service {
    let drivers = Seats<UserKey, DriverSession>(label: "ride_hailing_drivers_connected")
    let riders = Seats<String, RiderSession>(label: "ride_hailing_riders_connected")

    private let rides: RideHailing
    private let logger: Logger
    private let reader: LiveReader
    private let news: AsyncStream<RideNews>

    /// Rides are shown side by side, the changes of one in their order.
    private static let lanes = 16
    private static let eventsPerLane = 4096

    init(rides: RideHailing, logger: Logger) {
        (self.rides, self.logger) = (rides, logger)
        reader = LiveReader(rides: rides, logger: logger)
        // From now on: what happens before it runs waits.
        news = rides.events()
    }

    /// Reads what a connection is to be shown, and shows it; tries until it can.
    func read(_ reading: LiveReading) { reader.read(reading) }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            let streams = (0..<Self.lanes).map { _ in
                AsyncStream.makeStream(of: RideEvent.self, bufferingPolicy: .bufferingOldest(Self.eventsPerLane))
            }
            await withTaskGroup { group in
                group.addTask { await self.reader.run { self.isConnected($0) } }
                for stream in streams {
                    group.addTask { for await event in stream.stream { await self.tell(event) } }
                }
                var lanesBehind: Set<Int> = []
                for await news in self.news {
                    guard case .changed(let event) = news else {
                        self.readAll()
                        continue
                    }
                    guard self.concernsAnybody(event) else { continue }
                    let lane = Int(UInt(bitPattern: event.ride.hashValue) % UInt(Self.lanes))
                    // What is dropped is read, once when it begins and once when it is over.
                    let isBehind: Bool
                    if case .dropped = streams[lane].continuation.yield(event) { isBehind = true } else { isBehind = false }
                    if isBehind != lanesBehind.contains(lane) { self.readAll() }
                    if isBehind { lanesBehind.insert(lane) } else { lanesBehind.remove(lane) }
                }
                group.cancelAll()
            }
        }
    }

    private func isConnected(_ reading: LiveReading) -> Bool {
        switch reading {
        case .driver(let seat, _): drivers.count(at: UserKey(seat.connection.user)) > 0
        case .rider(_, let ride): riders.count(at: ride) > 0
        }
    }

    private func readAll() {
        for seat in drivers.all { seat.perform { $0.read() } }
        for seat in riders.all { seat.perform { $0.read() } }
    }

    private func concernsAnybody(_ event: RideEvent) -> Bool {
        riders.count(at: event.ride) > 0
            || ((event.driver.map { [$0] } ?? []) + event.offered + event.withdrawn).contains {
                drivers.count(at: UserKey($0)) > 0
            }
    }

    private func tell(_ event: RideEvent) async {
        let ride: Ride
        do {
            ride = try await rides.ride(event.ride)
        } catch {
            logger.debug("A ride could not be read", metadata: ["ride": "\(event.ride)", "error": "\(error)"])
            return readConcerned(by: event)
        }
        for seat in riders[event.ride] { seat.perform { $0.show(ride) } }
        for driver in event.withdrawn {
            let reason = WithdrawalReason(of: driver, event, ride)
            for seat in drivers[UserKey(driver)] { seat.perform { $0.show { $0.withdraw(event.ride, reason) } } }
        }
        for driver in event.offered {
            for seat in drivers[UserKey(driver)] { seat.perform { $0.show { $0.offer(ride, version: event.version) } } }
        }
        for seat in event.driver.map({ drivers[UserKey($0)] }) ?? [] {
            seat.perform { $0.show { $0.show(ride, from: event.version) } }
        }
    }

    /// What there is to show them is read until it can be.
    private func readConcerned(by event: RideEvent) {
        for seat in riders[event.ride] { seat.perform { $0.read() } }
        for driver in (event.driver.map { [$0] } ?? []) + event.offered + event.withdrawn {
            for seat in drivers[UserKey(driver)] { seat.perform { $0.read() } }
        }
    }
}

extension WithdrawalReason {
    /// - Parameter ride: as it is, or as it has gone on since.
    init(of driver: String, _ event: RideEvent, _ ride: Ride) {
        switch event.status {
        case .accepted: self = .taken
        case .cancelled: self = .cancelled
        // It goes on without him: he has rejected it elsewhere, or has another.
        case .offered: self = .rejected
        default:
            let change = ride.history.first { $0.version == event.version }
            self = change?.by.map { UserKey($0) == UserKey(driver) } == true ? .rejected : .expired
        }
    }
}
