import NIOCore
import NIOHTTP1

/// Requests for rides that all come at once, and drivers who accept them.
///
/// Everything happens on one event loop.
final class RideBurst {
    struct Plan: Sendable {
        let endpoint: Endpoint
        let requests: Int
        let connections: Int
        let driverConnections: Int
    }

    struct Outcome: Sendable {
        var rides: Set<String> = []
        /// Answers that were no 202, by what they said.
        var otherAnswers: [String: Int] = [:]
        /// Drivers who were too late.
        var lostAccepts = 0
    }

    private final class Failure { var error: (any Error)? }

    private let plan: Plan
    private let eventLoop: any EventLoop
    private let riders: HTTPRequester
    private let drivers: HTTPRequester
    private let failure: Failure
    private var fares: [String] = []
    private(set) var outcome = Outcome()

    /// So many fares are asked for at a time: they are prepared, not measured.
    private static let quotesAtOnce = 256

    init(_ plan: Plan, on eventLoop: any EventLoop) {
        let failure = Failure()
        (self.plan, self.eventLoop, self.failure) = (plan, eventLoop, failure)
        riders = HTTPRequester(plan.endpoint, on: eventLoop) { failure.error = failure.error ?? $0 }
        drivers = HTTPRequester(plan.endpoint, on: eventLoop) { failure.error = failure.error ?? $0 }
    }

    func connect() -> EventLoopFuture<Void> {
        let depth = (plan.requests + plan.connections - 1) / plan.connections
        return drivers.connect(plan.driverConnections).assumeIsolated()
            .flatMap { self.riders.connect(self.plan.connections, depth: depth) }.nonisolated()
    }

    private func rider(_ number: Int) -> String { "rider\(number)" }

    /// A fare for each.
    func quote() -> EventLoopFuture<Void> {
        fares = Array(repeating: "", count: plan.requests)
        let done = eventLoop.makePromise(of: Void.self)
        var (next, answered) = (0, 0)
        func quoteNext() {
            guard next < plan.requests else { return }
            let number = next
            next += 1
            let (from, to) = (City.placeOfRider(number), City.placeOfRider(number + plan.requests))
            let request = HTTPRequester.Request(
                method: .POST, path: "/v1/fares", user: rider(number), body: #"{"from":\#(from.json),"to":\#(to.json)}"#)
            drivers.send(request) { answer in
                do { self.fares[number] = try answer.decoded(Made.self, status: 201).id } catch { return done.fail(error) }
                answered += 1
                if answered == self.plan.requests { done.succeed() } else { quoteNext() }
            }
        }
        for _ in 0..<Self.quotesAtOnce { quoteNext() }
        return done.futureResult
    }

    /// All of them, now.
    /// - Returns: microseconds until each was answered.
    func request() -> EventLoopFuture<[Int]> {
        let done = eventLoop.makePromise(of: [Int].self)
        let start = NIODeadline.now()
        var latencies: [Int] = []
        for number in 0..<plan.requests {
            let request = HTTPRequester.Request(
                method: .POST, path: "/v1/rides", user: rider(number), idempotencyKey: "request\(number)",
                body: #"{"fareId":"\#(fares[number])"}"#)
            riders.send(request) { answer in
                latencies.append(Int((NIODeadline.now() - start).nanoseconds / 1000))
                do {
                    self.outcome.rides.insert(try answer.decoded(Made.self, status: 202).id)
                } catch {
                    self.outcome.otherAnswers["\(error)", default: 0] += 1
                }
                if latencies.count == self.plan.requests { done.succeed(latencies) }
            }
        }
        return done.futureResult
    }

    /// Rides that were answered with 202; nil until all requests are answered.
    var promised: Set<String>? {
        outcome.rides.count + outcome.otherAnswers.values.reduce(0, +) == plan.requests ? outcome.rides : nil
    }

    func accept(_ offer: RideLogTally.Offer) {
        let request = HTTPRequester.Request(
            method: .POST, path: "/v1/rides/\(offer.ride)/accept", user: offer.driver, body: #"{"version":\#(offer.version)}"#)
        drivers.send(request) { answer in
            if answer.status != 200 { self.outcome.lostAccepts += 1 }
        }
    }

    /// - Throws: what has gone wrong so far.
    func check() throws { if let error = failure.error { throw error } }
}
