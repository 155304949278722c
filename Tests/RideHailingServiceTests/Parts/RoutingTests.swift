import Foundation
import Logging
import NIOCore
import RideHailing
import Synchronization
import TestSupport
import Testing

@testable import ride_hailing

@Suite("Ways, and what they cost")
struct RoutingTests {
    private func route(_ text: String) throws -> Route { try OSRMServer.route(in: Data(text.utf8)) }

    @Test("An OSRM server is asked for a way, and its answer understood")
    func osrm() throws {
        let path = OSRMServer.path(
            from: try Coordinate(latitude: 40.75, longitude: -73.9876543),
            to: try Coordinate(latitude: -0.00000001, longitude: 180))
        #expect(path.hasPrefix("/route/v1/driving/-73.987654,40.750000;180.000000,-0.000000?"))
        #expect(
            try route(#"{"code":"Ok","routes":[{"distance":1234.5,"duration":60,"legs":[]}],"waypoints":[]}"#)
                == Route(distanceMeters: 1234.5, durationSeconds: 60))
        for code in ["NoRoute", "NoSegment"] {
            #expect(throws: OSRMServer.NoRoute.self) { try route(#"{"code":"\#(code)","message":"…"}"#) }
        }
        for text in [
            "", "[]", #"{"code":"Ok"}"#, #"{"code":"Ok","routes":[]}"#, #"{"code":"InvalidUrl"}"#,
            #"{"code":"Ok","routes":[{"distance":-1,"duration":1}]}"#, #"{"code":"Ok","routes":[{"distance":1}]}"#,
        ] {
            #expect(throws: (any Error).self) { try route(text) }
        }
    }

    @Test("After some failures nobody waits for it, but one from time to time")
    func breaker() {
        var breaker = CircuitBreaker()
        var now = NIODeadline.uptimeNanoseconds(1)
        for failure in 1...CircuitBreaker.failures {
            #expect(breaker.mayAsk(now: now) == true)
            #expect(breaker.failed(now: now) == (failure == CircuitBreaker.failures))
        }
        #expect(breaker.mayAsk(now: now) == false)
        now = now + CircuitBreaker.pause
        // One of those who come.
        #expect([breaker.mayAsk(now: now), breaker.mayAsk(now: now)] == [true, false])
        #expect([breaker.failed(now: now), breaker.mayAsk(now: now)] == [false, false])
        breaker.succeeded()
        #expect(breaker.mayAsk(now: now) == true)
    }

    private final class Server: RouteProvider {
        struct Broken: Error {}
        let answer = Mutex<Result<Route, any Error>>(.failure(Broken()))
        let asked = Mutex(0)
        func route(from: Coordinate, to: Coordinate) async throws -> Route {
            asked.withLock { $0 += 1 }
            return try answer.withLock { $0 }.get()
        }
    }

    @Test("While it fails, ways are estimated; that there is none is no failure")
    func fallback() async throws {
        let server = Server()
        let routes = RoutesWithFallback(server: server, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let from = try Coordinate(latitude: 1, longitude: 1), to = try Coordinate(latitude: 1, longitude: 1.01)
        let estimate = GreatCircleRoutes().route(from: from, to: to)
        server.answer.withLock { $0 = .failure(OSRMServer.NoRoute()) }
        for _ in 0..<10 { await #expect(throws: OSRMServer.NoRoute.self) { try await routes.route(from: from, to: to) } }
        server.answer.withLock { $0 = .failure(Server.Broken()) }
        for _ in 0..<10 { #expect(try await routes.route(from: from, to: to) == estimate) }
        #expect(server.asked.withLock { $0 } == 10 + CircuitBreaker.failures)
    }

    @Test(
        "Prices that are not in order are refused by name",
        arguments: [
            (#"{"baseCents":-1}"#, "baseCents"), (#"{"baseCents":1.5}"#, "baseCents"), (#"{"currency":"eur"}"#, "currency"),
            (#"{"maximumSurge":0.5}"#, "maximumSurge"), (#"{"requestsPerDriver":0}"#, "requestsPerDriver"),
            (#"{"tip":1}"#, "tip"),
            ("{", "The file"), ("[]", "The file"),
        ])
    func prices(text: String, field: String) async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/prices.json"
            try Data(text.utf8).write(to: URL(filePath: path))
            let error = #expect(throws: (any Error).self) { try PriceFile.read(path) }
            #expect("\(error.map { "\($0)" } ?? "")".contains(field))
        }
    }

    @Test("Prices may leave out what is as it is")
    func somePrices() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/prices.json"
            try Data(#"{"currency":"EUR","baseCents":390}"#.utf8).write(to: URL(filePath: path))
            var expected = PriceTable()
            (expected.currency, expected.baseCents) = ("EUR", 390)
            #expect(try PriceFile.read(path) == expected)
        }
    }
}
