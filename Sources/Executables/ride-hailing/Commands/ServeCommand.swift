import ArgumentParser
import RideHailing
import ServiceKit

/// `ride-hailing serve`: takes positions and requests, and brings them together.
struct ServeCommand: AsyncParsableCommand {
    static let serviceName = "ride-hailing"
    static let defaultPort = 8085
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Take drivers' positions and riders' requests, and bring them together.")

    @OptionGroup var options: ServiceOptions
    @OptionGroup var rides: RideOptions
    @Option(help: "Where an OSRM server answers, such as http://127.0.0.1:5000; without it ways are estimated.")
    var osrm: String?
    @Option(help: ArgumentHelp("What rides cost, in JSON; what it leaves out is as in New York.", valueName: "file"))
    var prices: String?
    @Option(help: "When the server stops, WebSockets are closed one after the other over so long. (default: 0)")
    var drainSeconds: Int?

    /// With what closing takes this fits into the time that a stopping service has.
    private static let drainRange = 0...14

    func run() async throws {
        try await reportingUsageErrors {
            let settings = Settings()
            let configuration = try ServiceConfiguration(
                name: Self.serviceName, defaultPort: Self.defaultPort, requirement: .identity, options: options,
                settings: settings)
            var matching = try rides.configuration(settings)
            if let path = settings.text("prices", prices) { matching.prices = try PriceFile.read(path) }
            let service = RideService(
                matching: matching, osrm: try settings.text("osrm", osrm).map { try OSRMServer(url: $0) },
                drain: .seconds(try settings.integer("drain-seconds", drainSeconds, in: Self.drainRange) ?? 0))
            try await ServiceProcess(configuration).run { service.parts($0) }
        }
    }
}
