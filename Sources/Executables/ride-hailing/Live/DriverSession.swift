import Metrics
import NIOCore
import RideHailing
import ServiceKit

/// One driver's connection: takes his positions and answers, and shows him offers and his ride.
final class DriverSession: WebSocketSession {
    private let rides: RideHailing
    private let connection: WebSocketConnection
    private let live: LiveRides
    private var board = DriverBoard()
    private var gate = PositionGate()
    private var limit: FrameLimit
    private var isClosed = false
    /// Whether it is read what there is, and whether that has to be done once more.
    private var reading: (isUnderWay: Bool, isWanted: Bool) = (false, false)

    private static let locations = Counter(label: "ride_hailing_driver_frames_total", dimensions: [("type", "location")])
    private static let answers = Counter(label: "ride_hailing_driver_frames_total", dimensions: [("type", "answer")])
    private static let invalid = Counter(label: "ride_hailing_driver_frames_total", dimensions: [("type", "invalid")])

    /// On the connection's event loop.
    init(_ connection: WebSocketConnection, rides: RideHailing, live: LiveRides) {
        (self.connection, self.rides, self.live) = (connection, rides, live)
        limit = FrameLimit(now: .now())
    }

    private var seat: DriverSeat {
        DriverSeat(connection: connection, session: NIOLoopBound(self, eventLoop: connection.eventLoop))
    }

    /// Shows what there is, once it is told of what changes.
    func begin() {
        live.drivers.add(seat, at: UserKey(connection.user))
        read()
    }

    /// Reads all there is, for something may have been missed.
    func read() {
        guard !isClosed else { return }
        guard !reading.isUnderWay else {
            reading.isWanted = true
            return
        }
        reading = (true, false)
        live.read(.driver(seat, unfinished: board.beginReading()))
    }

    func finishReading(_ change: (inout DriverBoard) -> [DriverMessage]) {
        show(change)
        let isWanted = reading.isWanted
        reading = (false, false)
        if isWanted { read() }
    }

    func show(_ change: (inout DriverBoard) -> [DriverMessage]) {
        guard !isClosed else { return }
        for message in change(&board) { connection.send(message.text) }
    }

    func closed(_ end: WebSocketEnd) {
        isClosed = true
        live.drivers.remove(connection.id, from: UserKey(connection.user))
    }

    // MARK: What he says

    func received(text: ByteBuffer) {
        do {
            switch try DriverFrame(text) {
            case .location(let location):
                Self.locations.increment()
                take(location)
                wait(for: limit.take(.location, now: .now()))
            case .accept(let ride, let version): ask(.accept, ride, version)
            case .reject(let ride, let version): ask(.reject, ride, version)
            }
        } catch {
            Self.invalid.increment()
            complain(error)
            wait(for: limit.take(.request, now: .now()))
        }
    }

    private func complain(_ problem: FrameProblem) { connection.send(DriverMessage.error(problem).text) }

    /// Reads on later.
    private func wait(for time: TimeAmount?) {
        guard let time else { return }
        connection.pauseReceiving()
        connection.eventLoop.assumeIsolated().scheduleTask(in: time) { [self] in
            if !isClosed { connection.resumeReceiving() }
        }
    }

    // MARK: Positions

    private func take(_ location: LocationBody) {
        let position: DriverPosition
        do { position = try location.position(of: connection.user) } catch { return complain(FrameProblem(error)) }
        switch gate.add(position, now: .now()) {
        case .passes: record(position)
        case .joins: break
        case .waits(let until):
            connection.eventLoop.assumeIsolated().scheduleTask(deadline: until) { [self] in
                if let position = gate.open(now: .now()) { record(position) }
            }
        }
    }

    private func record(_ position: DriverPosition) {
        // Only of one that says when it was can it be said that this is yet to come.
        let isTaken =
            position.atMilliseconds == nil
            ? rides.enqueue(position)
            : rides.enqueue(position) { [connection] result in
                guard case .success(.inFuture) = result else { return }
                connection.send(DriverMessage.error(FrameProblem(.invalidTime)).text)
            }
        if !isTaken { complain(FrameProblem(.overloaded)) }
    }

    // MARK: Answers to offers

    /// Nothing else is read meanwhile: answers are taken one after the other.
    private func ask(_ transition: RideTransition, _ ride: String, _ version: Int) {
        Self.answers.increment()
        connection.pauseReceiving()
        board.asks(ride)
        let session = seat
        Task { [rides] in
            let result: Result<Ride, RideHailingError>
            do throws(RideHailingError) {
                result = .success(try await rides.perform(transition, on: ride, by: session.connection.user, version: version))
            } catch {
                result = .failure(error)
            }
            session.perform { $0.answer(transition, ride, result) }
        }
    }

    private func answer(_ transition: RideTransition, _ id: String, _ result: Result<Ride, RideHailingError>) {
        guard !isClosed else { return }
        switch result {
        case .success(let ride): show { transition == .accept ? $0.accepted(ride) : $0.rejected(id) }
        case .failure(let error): complain(FrameProblem(error, ride: id))
        }
        if let time = limit.take(.request, now: .now()) { wait(for: time) } else { connection.resumeReceiving() }
    }
}
