import NIOCore
import RideHailing
import ServiceKit

/// One connection of a ride's rider: shows him the ride, and its driver on the way.
final class RiderSession: WebSocketSession {
    let ride: String
    private let rides: RideHailing
    private let connection: WebSocketConnection
    private let live: LiveRides
    private var limit: FrameLimit
    /// The last change that was shown.
    private var shown: RideChange?
    /// It was read that there is no such change.
    private var isDoubtful = false
    /// Whether the ride is read, and whether that has to be done once more.
    private var reading: (isUnderWay: Bool, isWanted: Bool) = (false, false)
    private var following: Task<Void, Never>?
    private var isClosed = false

    /// On the connection's event loop.
    init(_ connection: WebSocketConnection, ride: String, rides: RideHailing, live: LiveRides) {
        (self.connection, self.ride, self.rides, self.live) = (connection, ride, rides, live)
        limit = FrameLimit(now: .now())
    }

    private var seat: RiderSeat {
        RiderSeat(connection: connection, session: NIOLoopBound(self, eventLoop: connection.eventLoop))
    }

    /// Shows the ride, once it is told of what changes.
    func begin() {
        live.riders.add(seat, at: ride)
        read()
    }

    /// Reads the ride, for something may have been missed.
    func read() {
        guard !isClosed else { return }
        guard !reading.isUnderWay else {
            reading.isWanted = true
            return
        }
        reading = (true, false)
        live.read(.rider(seat, ride: ride))
    }

    /// - Parameter ride: as it was read; nil: it cannot be.
    func finishReading(_ ride: Ride?) {
        let isWanted = reading.isWanted
        reading = (false, false)
        if let ride { compare(ride) }
        if isWanted { read() }
    }

    /// Redis may have lost what was shown. What was read may also be older than that: so it is read once more.
    private func compare(_ ride: Ride) {
        guard let last = shown, ride.history.first(where: { $0.version == last.version }) != last else {
            isDoubtful = false
            return show(ride)
        }
        guard isDoubtful else {
            isDoubtful = true
            return read()
        }
        isDoubtful = false
        following?.cancel()
        (shown, following) = (nil, nil)
        show(ride)
    }

    /// Each version once, in order; the first time the ride as it is.
    func show(_ ride: Ride) {
        guard !isClosed else { return }
        let first = shown.map { $0.version + 1 } ?? ride.version
        guard first <= ride.version else { return }
        shown = ride.history.last
        for version in first...ride.version {
            if let ride = ride.asOf(version: version) { connection.send(RiderMessage.ride(ride).text) }
        }
        follow(ride)
    }

    func closed(_ end: WebSocketEnd) {
        isClosed = true
        following?.cancel()
        live.riders.remove(connection.id, from: ride)
    }

    /// Nobody has to say anything here.
    func received(text: ByteBuffer) {
        connection.send(RiderMessage.error(FrameProblem(code: .invalid, detail: "Nothing is to be said here.")).text)
        guard let time = limit.take(.request, now: .now()) else { return }
        connection.pauseReceiving()
        connection.eventLoop.assumeIsolated().scheduleTask(in: time) { [self] in
            if !isClosed { connection.resumeReceiving() }
        }
    }

    // MARK: The driver on the way

    private func follow(_ ride: Ride) {
        guard let driver = ride.driver, !ride.status.isFinal else {
            following?.cancel()
            following = nil
            return
        }
        guard following == nil else { return }
        let session = seat
        following = Task { [rides] in
            await rides.withPositions(of: ride.id) { positions in
                if let position = try? await rides.lastPosition(of: driver) { session.perform { $0.show(position) } }
                for await position in positions { session.perform { $0.show(position) } }
            }
        }
    }

    private func show(_ position: RidePosition) {
        // One that is not taken in time is outdated by the next.
        guard !isClosed, connection.isWritable else { return }
        connection.send(RiderMessage.driverLocation(position).text)
    }
}
