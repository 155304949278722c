import NIOCore

/// Drivers who are connected, each by a WebSocket of his own, and say in turn where they are.
///
/// Everything happens on one event loop.
final class Fleet {
    struct Plan: Sendable {
        let endpoint: Endpoint
        /// All that there are.
        let drivers: Int
        /// Of these, so many are connected.
        let connections: Int
    }

    private let plan: Plan
    private let eventLoop: any EventLoop
    private let heard: (_ connection: Int, _ text: UnsafeRawBufferPointer) -> Void
    private let failed: (any Error) -> Void
    private var connections: [SocketConnection] = []
    /// How many positions were sent, by all drivers in turn.
    private(set) var sent = 0
    private var pace: Pace?
    private var window = 0

    /// So many connections are made at once.
    private static let atOnce = 64

    init(
        _ plan: Plan, on eventLoop: any EventLoop, heard: @escaping (Int, UnsafeRawBufferPointer) -> Void,
        failed: @escaping (any Error) -> Void
    ) {
        (self.plan, self.eventLoop, self.heard, self.failed) = (plan, eventLoop, heard, failed)
    }

    /// Which of all drivers has a connection.
    func driver(of connection: Int) -> Int { connection * (plan.drivers / plan.connections) }

    func send(_ text: String, on connection: Int) { connections[connection].send(text) }

    func connect() -> EventLoopFuture<Void> {
        let first = connections.count
        guard first < plan.connections else { return eventLoop.makeSucceededVoidFuture() }
        let opened = (first..<min(plan.connections, first + Self.atOnce)).map { number in
            let (connection, opened) = SocketConnection.open(
                "/v1/drivers/ws?user=\(City.driver(driver(of: number)))", at: plan.endpoint, on: eventLoop,
                heard: { [heard] in heard(number, $0) }, failed: failed)
            connections.append(connection)
            return opened
        }
        return EventLoopFuture.andAllSucceed(opened, on: eventLoop).assumeIsolated().flatMap { self.connect() }.nonisolated()
    }

    // MARK: Positions

    /// So many a second.
    func drive(atRate rate: Int) {
        let pace = Pace(rate, tick: .milliseconds(1), on: eventLoop) { _, _ in self.sendNext() }
        self.pace = pace
        pace.start()
    }

    /// As many as there can be while so many are under way, from being sent until Redis has them.
    func drive(withWindow window: Int) {
        self.window = window
        recorded(sent)
    }

    /// - Parameter count: so many of those that were sent Redis has by now.
    func recorded(_ count: Int) {
        while sent - count < window { sendNext() }
    }

    /// - Returns: how many were sent.
    func stop() -> Int {
        pace?.stop()
        window = 0
        return sent
    }

    private func sendNext() {
        let place = place(sent)
        connections[sent % connections.count].send(
            #"{"type":"location","lat":\#(place.latitudeText),"lon":\#(place.longitudeText)}"#)
        sent += 1
    }

    private func place(_ number: Int) -> City.Place {
        City.place(ofDriver: driver(of: number % plan.connections), step: 1 + number / plan.connections)
    }

    /// Where each driver who is connected has said last that he is.
    func lastPlaces() -> [(driver: String, place: City.Place)] {
        (max(0, sent - plan.connections)..<sent).map { (City.driver(driver(of: $0 % plan.connections)), place($0)) }
    }

    func end() { for connection in connections { connection.end() } }
}
