import AsyncHTTPClient
import Foundation
import NIOCore
import RideHailing
import ServiceKit

/// An OSRM server (Project OSRM, HTTP API v1): finds ways on real roads.
struct OSRMServer: RouteProvider {
    /// Ends without a slash.
    private let base: String

    /// For an answer, whole.
    private static let deadline = TimeAmount.seconds(1)
    private static let maximumLength = 64 << 10

    /// - Throws: `UsageError`.
    init(url: String) throws {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme),
            let host = parts.host, !host.isEmpty, parts.query == nil, parts.fragment == nil
        else { throw UsageError("--osrm is \(url); it is an address such as http://127.0.0.1:5000.") }
        base = url.hasSuffix("/") ? String(url.dropLast()) : url
    }

    /// - Throws: ``NoRoute``: it knows that there is none. Anything else: it does not answer, or not in order.
    func route(from: Coordinate, to: Coordinate) async throws -> Route {
        let request = HTTPClientRequest(url: base + Self.path(from: from, to: to))
        let response = try await HTTPClient.shared.execute(request, deadline: .now() + Self.deadline)
        let body = try await response.body.collect(upTo: Self.maximumLength)
        return try Self.route(in: Data(body.readableBytesView))
    }

    struct NoRoute: Error {}
    struct NotInOrder: Error {}

    static func path(from: Coordinate, to: Coordinate) -> String {
        let places = [from, to].map { "\(degrees($0.longitude)),\(degrees($0.latitude))" }
        return "/route/v1/driving/\(places.joined(separator: ";"))?overview=false&steps=false&alternatives=false"
    }

    /// To a tenth of a meter, and without an exponent.
    private static func degrees(_ number: Double) -> String {
        let millionths = Int((number.magnitude * 1e6).rounded())
        let fraction = String(1_000_000 + millionths % 1_000_000).dropFirst()
        return (number < 0 ? "-" : "") + "\(millionths / 1_000_000).\(fraction)"
    }

    private struct Answer: Decodable {
        struct Way: Decodable {
            let distance: Double
            let duration: Double
        }
        let code: String
        let routes: [Way]?
    }

    /// - Parameter answer: whatever its HTTP status was: of a place without roads it is 400, with a code.
    static func route(in answer: Data) throws -> Route {
        let answer = try JSONDecoder().decode(Answer.self, from: answer)
        if ["NoRoute", "NoSegment"].contains(answer.code) { throw NoRoute() }
        guard answer.code == "Ok", let way = answer.routes?.first, way.distance >= 0, way.duration >= 0 else {
            throw NotInOrder()
        }
        return Route(distanceMeters: way.distance, durationSeconds: way.duration)
    }
}
