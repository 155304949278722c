import ArgumentParser
import RideHailing

/// Makes drivers who are available, and whose positions are known.
struct PrepareDrivers: AsyncParsableCommand {
    @Option(help: "Unix socket of Redis.")
    var socket: String
    @Option(help: "How many drivers.")
    var drivers = 100_000
    @Option(help: "For so long they count as seen.")
    var ttlSeconds = 3_600

    func run() async throws {
        var configuration = RideHailingConfiguration()
        configuration.driverLifetime = .seconds(ttlSeconds)
        configuration.redisDeadline = .seconds(30)
        try await withRideHailing(socket: socket, configuration) { rides, _ in
            try await concurrently(0..<drivers) { number in
                try await rides.setAvailability(of: City.driver(number), to: .available)
            }
            try await concurrently(0..<drivers, width: 4_096) { number in
                let place = City.place(ofDriver: number)
                let position = try DriverPosition(driver: City.driver(number), coordinate: place.coordinate)
                guard try await rides.record(position) == .recorded else {
                    throw ValidationError("a position was not recorded")
                }
            }
        }
    }
}

extension City.Place {
    var coordinate: Coordinate {
        get throws {
            guard let latitude = Double(latitudeText), let longitude = Double(longitudeText) else {
                throw ValidationError("\(json) is no place")
            }
            return try Coordinate(latitude: latitude, longitude: longitude)
        }
    }
}
