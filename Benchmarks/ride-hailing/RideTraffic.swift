import NIOCore
import NIOHTTP1

/// Riders who request a ride each, at a constant rate, and drivers who accept, start and complete them.
///
/// Everything happens on one event loop.
final class RideTraffic {
    struct Plan: Sendable {
        let fleet: Fleet.Plan
        let rate: Int
        /// Rides that are not counted, and those that are.
        let warmUp: Int
        let counted: Int
        /// So long a driver thinks about an offer.
        let think: TimeAmount
    }

    struct Tally: Sendable {
        /// Microseconds: from the driver's frame to the rider's; from a request to its offer.
        var accepts: [Int] = []
        var offers: [Int] = []
        var completed = 0
        /// Accepts that came too late.
        var conflicts = 0
    }

    /// One of the rides under way.
    private struct Passage {
        let number: Int
        let requestedAt: NIODeadline
        var rider: SocketConnection?
        var acceptedAt: NIODeadline?
        var isOffered = false
    }

    private let plan: Plan
    private let eventLoop: any EventLoop
    private let done: EventLoopPromise<Tally>
    private lazy var requester = HTTPRequester(plan.fleet.endpoint, on: eventLoop) { self.fail($0) }
    private lazy var fleet = Fleet(plan.fleet, on: eventLoop) {
        self.heard($1, by: $0)
    } failed: {
        self.fail($0)
    }
    private var passages: [String: Passage] = [:]
    /// Offers of rides whose riders have not read their ids yet.
    private var early: [String: NIODeadline] = [:]
    private var tally = Tally()
    private var ended = 0

    /// For all requests but a WebSocket's.
    private static let connections = 64

    init(_ plan: Plan, on eventLoop: any EventLoop) {
        (self.plan, self.eventLoop) = (plan, eventLoop)
        done = eventLoop.makePromise()
    }

    func connect() -> EventLoopFuture<Void> {
        requester.connect(Self.connections).assumeIsolated().flatMap { self.fleet.connect() }.nonisolated()
    }

    /// - Returns: what came of the rides that are counted, when all have ended.
    func run(positionsPerSecond: Int) -> EventLoopFuture<Tally> {
        fleet.drive(atRate: positionsPerSecond)
        Pace(plan.rate, count: plan.warmUp + plan.counted, on: eventLoop) { number, _ in self.request(number) }.start()
        let seconds = (plan.warmUp + plan.counted) / plan.rate + 60
        eventLoop.assumeIsolated().scheduleTask(in: .seconds(Int64(seconds))) {
            self.fail(LoadError.late("\(self.plan.warmUp + self.plan.counted - self.ended) rides have no end"))
        }
        return done.futureResult
    }

    // MARK: Riders

    private func request(_ number: Int) {
        let rider = "rider\(number)"
        let (from, to) = (City.placeOfRider(number), City.placeOfRider(number + 1 << 32))
        let fare = #"{"from":\#(from.json),"to":\#(to.json)}"#
        ask(.init(method: .POST, path: "/v1/fares", user: rider, body: fare), Made.self, status: 201) { fare in
            let requestedAt = NIODeadline.now()
            let body = #"{"fareId":"\#(fare.id)"}"#
            let request = HTTPRequester.Request(
                method: .POST, path: "/v1/rides", user: rider, idempotencyKey: "request", body: body)
            self.ask(request, Made.self, status: 202) { ride in
                let (connection, _) = SocketConnection.open(
                    "/v1/rides/\(ride.id)/ws?user=\(rider)", at: self.plan.fleet.endpoint, on: self.eventLoop,
                    heard: { self.heard($0, byRiderOf: ride.id) }, failed: { self.fail($0) })
                var passage = Passage(number: number, requestedAt: requestedAt, rider: connection)
                if let offeredAt = self.early.removeValue(forKey: ride.id) { self.note(&passage, offeredAt: offeredAt) }
                self.passages[ride.id] = passage
            }
        }
    }

    private func ask<Value: Decodable>(
        _ request: HTTPRequester.Request, _ type: Value.Type, status: Int, _ next: @escaping (Value) -> Void
    ) {
        requester.send(request) { answer in
            do { next(try answer.decoded(type, status: status)) } catch { self.fail(error) }
        }
    }

    private func heard(_ text: UnsafeRawBufferPointer, byRiderOf id: String) {
        let now = NIODeadline.now()
        guard let frame = frame(text), frame.type == "ride", let ride = frame.ride, let passage = passages[id] else { return }
        switch ride.status {
        case "accepted":
            guard let driver = ride.driver, let acceptedAt = passage.acceptedAt else {
                return fail(LoadError.unexpected("\(id) is accepted by nobody"))
            }
            if passage.number >= plan.warmUp { tally.accepts.append(Int((now - acceptedAt).nanoseconds / 1000)) }
            drive(ride, driver)
        case "completed": end(id, passage)
        case "unmatched", "cancelled": fail(LoadError.unexpected("a ride is \(ride.status)"))
        default: break
        }
    }

    private func end(_ id: String, _ passage: Passage) {
        passage.rider?.end()
        passages[id] = nil
        ended += 1
        if passage.number >= plan.warmUp { tally.completed += 1 }
        if ended == plan.warmUp + plan.counted { done.succeed(tally) }
    }

    // MARK: Drivers

    private func heard(_ text: UnsafeRawBufferPointer, by connection: Int) {
        guard let frame = frame(text) else { return }
        switch frame.type {
        case "offer":
            guard let ride = frame.id, let version = frame.version else {
                return fail(LoadError.unexpected("an offer of nothing"))
            }
            let now = NIODeadline.now()
            if var passage = passages[ride] {
                note(&passage, offeredAt: now)
                passages[ride] = passage
            } else {
                early[ride] = now
            }
            let due = now + plan.think
            eventLoop.assumeIsolated().scheduleTask(deadline: due) {
                self.passages[ride]?.acceptedAt = due
                self.fleet.send(#"{"type":"accept","ride":"\#(ride)","version":\#(version)}"#, on: connection)
            }
        case "error" where frame.code == "conflict": tally.conflicts += 1
        case "error": fail(LoadError.unexpected(String(decoding: text, as: UTF8.self)))
        default: break
        }
    }

    private func note(_ passage: inout Passage, offeredAt: NIODeadline) {
        guard !passage.isOffered else { return }
        passage.isOffered = true
        if passage.number >= plan.warmUp { tally.offers.append(Int((offeredAt - passage.requestedAt).nanoseconds / 1000)) }
    }

    private func drive(_ ride: RideAnswer, _ driver: String) {
        func step(_ what: String, _ version: Int) -> HTTPRequester.Request {
            .init(method: .POST, path: "/v1/rides/\(ride.id)/\(what)", user: driver, body: #"{"version":\#(version)}"#)
        }
        ask(step("start", ride.version), RideAnswer.self, status: 200) { started in
            self.ask(step("complete", started.version), RideAnswer.self, status: 200) { _ in }
        }
    }

    private func frame(_ text: UnsafeRawBufferPointer) -> RideFrame? {
        do { return try RideFrame(text) } catch {
            fail(error)
            return nil
        }
    }

    private func fail(_ error: any Error) { done.fail(error) }
}
