import HTTPTypes
import RideHailing
import ServiceKit

/// The WebSockets: `/v1/drivers/ws` and `/v1/rides/{id}/ws`.
struct LiveRoutes {
    let rides: RideHailing
    let live: LiveRides
    /// When the server stops, connections are closed one after the other over so long.
    let drain: Duration

    /// So many devices of one user see his offers, or a ride, from one instance.
    private static let connectionsPerUser = 16
    /// A frame holds a position, or an id and a version.
    private static let maximumMessageBytes = 4 << 10

    var routes: [WebSocketRoute] {
        var configuration = WebSocketConfiguration()
        configuration.maximumMessageBytes = Self.maximumMessageBytes
        configuration.shutdownSpread = drain
        return [
            WebSocketRoute("/v1/drivers/ws", configuration: configuration) { [live] request in
                try Self.checkRoom(live.drivers.count(at: UserKey(request.user)))
            } open: { [rides, live] connection, _ in
                let session = DriverSession(connection, rides: rides, live: live)
                session.begin()
                return session
            },
            WebSocketRoute("/v1/rides/{id}/ws", configuration: configuration) { [rides, live] request in
                let ride = try await rides.ride(Self.ride(request), for: request.user)
                guard UserKey(ride.rider) == UserKey(request.user) else { throw RideHailingError.forbidden }
                try Self.checkRoom(live.riders.count(at: ride.id))
            } open: { [rides, live] connection, request in
                let session = RiderSession(connection, ride: Self.ride(request), rides: rides, live: live)
                session.begin()
                return session
            },
        ]
    }

    private static func ride(_ request: WebSocketRequest) -> String { request.parameters["id"] ?? "" }

    private static func checkRoom(_ count: Int) throws {
        guard count < connectionsPerUser else {
            throw Problem(.tooManyRequests, "There are \(connectionsPerUser) of these connections already.")
        }
    }
}
