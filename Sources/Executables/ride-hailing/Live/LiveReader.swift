import Logging
import RideHailing
import ServiceKit

/// What is to be read for one connection.
enum LiveReading: Sendable {
    /// - unfinished: rides of his that have not ended, as far as he was shown.
    case driver(DriverSeat, unfinished: [String])
    case rider(RiderSeat, ride: String)
}

/// Reads what connections are to be shown: those that have just come, and all when something may have been missed. Some at a time, so
/// that thousands who come at once do not take Redis away from everybody else.
final class LiveReader: Sendable {
    private let rides: RideHailing
    private let logger: Logger
    private let readings: AsyncStream<LiveReading>
    private let continuation: AsyncStream<LiveReading>.Continuation

    private static let width = 16
    private static let pauseWithoutRedis = Duration.milliseconds(500)

    init(rides: RideHailing, logger: Logger) {
        (self.rides, self.logger) = (rides, logger)
        (readings, continuation) = AsyncStream.makeStream()
    }

    func read(_ reading: LiveReading) { continuation.yield(reading) }

    /// - Parameter isConnected: whether anybody is there for whom it is read.
    func run(isConnected: @escaping @Sendable (LiveReading) -> Bool) async {
        await withTaskGroup(of: Void.self) { group in
            var count = 0
            for await reading in readings {
                if count >= Self.width { await group.next() }
                count += 1
                group.addTask { await self.perform(reading, isConnected) }
            }
        }
    }

    private func perform(_ reading: LiveReading, _ isConnected: (LiveReading) -> Bool) async {
        while !Task.isCancelled, isConnected(reading) {
            do throws(RideHailingError) {
                switch reading {
                case .rider(let seat, let id):
                    let ride = try await rides.ride(id)
                    seat.perform { $0.finishReading(ride) }
                case .driver(let seat, let unfinished):
                    let offers = try await rides.openOffers(to: seat.connection.user).map(\.ride)
                    let own = try await self.rides(of: seat.connection.user, unfinished)
                    seat.perform { $0.finishReading { $0.finishReading(offers: offers, rides: own) } }
                }
                return
            } catch {
                logger.debug("What is to be shown cannot be read", metadata: ["error": "\(error)"])
                guard case .redis = error else { return giveUp(reading) }
            }
            try? await Task.sleep(for: Self.pauseWithoutRedis)
        }
    }

    /// What does not pass by itself: he is shown what is told.
    private func giveUp(_ reading: LiveReading) {
        switch reading {
        case .rider(let seat, _): seat.perform { $0.finishReading(nil) }
        case .driver(let seat, _):
            seat.perform { session in
                session.finishReading { board in
                    board.endReading()
                    return []
                }
            }
        }
    }

    /// The one that he has, last; before it what became of others.
    private func rides(of driver: String, _ unfinished: [String]) async throws(RideHailingError) -> [Ride] {
        var current: Ride?
        // A ride that is lost keeps nobody.
        do { current = try await rides.currentRide(of: driver) } catch .notFound {}
        var all: [Ride] = []
        for id in unfinished where id != current?.id {
            do { all.append(try await rides.ride(id)) } catch .notFound {}
        }
        return all + (current.map { [$0] } ?? [])
    }
}
