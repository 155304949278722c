import RideHailing
import ServiceKit

/// What the service consists of.
struct RideService {
    let matching: RideHailingConfiguration
    /// Where ways are asked for; nil: they are estimated.
    var osrm: OSRMServer?
    /// When the server stops, WebSockets are closed one after the other over so long.
    var drain = Duration.zero

    func parts(_ environment: ServiceProcess.Environment) -> ServiceProcess.Parts {
        let routes: any RouteProvider =
            osrm.map { RoutesWithFallback(server: $0, logger: environment.logger) } ?? GreatCircleRoutes()
        let rides = RideHailing(redis: environment.redis, configuration: matching, routes: routes, logger: environment.logger)
        let live = LiveRides(rides: rides, logger: environment.logger)
        let users = Users(credentials: environment.credentials)
        return ServiceProcess.Parts(
            page: .ofRides,
            health: .ofRides(rides, redis: environment.redis),
            webSockets: LiveRoutes(rides: rides, live: live, drain: drain).routes,
            services: [rides, live]
        ) { router in
            FareRoutes(rides: rides, users: users).add(to: router)
            DriverRoutes(rides: rides, users: users).add(to: router)
            RideRoutes(rides: rides, users: users).add(to: router)
        }
    }
}
