import Logging
import Metrics
import NIOCore
import RideHailing
import Synchronization

/// Asks a server for the way; while it does not answer, ways are estimated: a fare that is a little off is better than none.
final class RoutesWithFallback: RouteProvider {
    private let server: any RouteProvider
    private let estimate = GreatCircleRoutes()
    private let logger: Logger
    private let breaker = Mutex(CircuitBreaker())

    private let found = Counter(label: "ride_hailing_routes_total", dimensions: [("from", "server")])
    private let estimated = Counter(label: "ride_hailing_routes_total", dimensions: [("from", "estimate")])

    init(server: any RouteProvider, logger: Logger) { (self.server, self.logger) = (server, logger) }

    /// - Throws: ``OSRMServer/NoRoute``: the server knows that there is none.
    func route(from: Coordinate, to: Coordinate) async throws -> Route {
        if breaker.withLock({ $0.mayAsk(now: .now()) }) {
            do {
                let route = try await server.route(from: from, to: to)
                answered()
                found.increment()
                return route
            } catch let error as OSRMServer.NoRoute {
                answered()
                throw error
            } catch {
                // Who asked has gone: it says nothing of the server.
                if !Task.isCancelled { failed(error) }
            }
        }
        estimated.increment()
        return estimate.route(from: from, to: to)
    }

    private func answered() {
        let wasOpen = breaker.withLock { breaker in
            defer { breaker.succeeded() }
            return breaker.isOpen
        }
        if wasOpen { logger.notice("The route server answers again") }
    }

    private func failed(_ error: any Error) {
        if breaker.withLock({ $0.failed(now: .now()) }) {
            logger.warning("The route server fails: ways are estimated until it answers", metadata: ["error": "\(error)"])
        }
    }
}
