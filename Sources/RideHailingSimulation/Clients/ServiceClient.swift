import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import RideHailing

/// A ride-hailing service, as its clients know it: over HTTP and WebSockets, in development on this machine.
struct ServiceClient: Sendable {
    let host: String
    let port: Int
    let http: HTTPClient
    let group: any EventLoopGroup

    /// What was answered instead of what was asked for.
    struct Refusal: Error, CustomStringConvertible {
        let status: UInt
        let detail: String
        var description: String { "\(status) \(detail)" }
        /// It may help to ask again.
        var isPassing: Bool { status == 503 || status == 429 }
    }

    private struct ProblemAnswer: Decodable {
        let detail: String
    }
    private struct Place: Encodable {
        let lat: Double
        let lon: Double
        init(_ coordinate: Coordinate) { (lat, lon) = (coordinate.latitude, coordinate.longitude) }
    }
    private struct Journey: Encodable {
        let from: Place
        let to: Place
    }
    struct Identified: Decodable {
        let id: String
    }

    private static let patience = TimeAmount.seconds(10)
    private static let maximumLength = 1 << 20

    /// - Throws: why it is not, after some seconds.
    func waitUntilReady() async throws {
        let latest = ContinuousClock.now + .nanoseconds(Self.patience.nanoseconds)
        while true {
            do {
                _ = try await ask(.GET, "/health/ready", as: nil, nil as Never?)
                return
            } catch  where .now < latest {
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    func setStatus(of driver: String, to status: String) async throws {
        _ = try await ask(.PUT, "/v1/drivers/\(driver)/status", as: driver, ["status": status])
    }

    /// - Returns: the fare's id.
    func quote(from: Coordinate, to: Coordinate, for rider: String) async throws -> String {
        let answer = try await ask(.POST, "/v1/fares", as: rider, Journey(from: Place(from), to: Place(to)))
        return try JSONDecoder().decode(Identified.self, from: answer).id
    }

    /// - Returns: the ride's id.
    func request(fare: String, for rider: String, key: String) async throws -> String {
        let answer = try await ask(.POST, "/v1/rides", as: rider, ["fareId": fare], key: key)
        return try JSONDecoder().decode(Identified.self, from: answer).id
    }

    /// - Parameter transition: start, complete or cancel.
    func perform(_ transition: String, on ride: String, by user: String, version: Int) async throws -> SeenRide {
        try JSONDecoder().decode(
            SeenRide.self, from: try await ask(.POST, "/v1/rides/\(ride)/\(transition)", as: user, ["version": version]))
    }

    func ride(_ id: String, for user: String) async throws -> SeenRide {
        try JSONDecoder().decode(SeenRide.self, from: try await ask(.GET, "/v1/rides/\(id)", as: user, nil as Never?))
    }

    func driverSocket(of driver: String) async throws -> WebSocketLink {
        try await WebSocketLink.connect(host: host, port: port, path: "/v1/drivers/ws?user=\(driver)", on: group)
    }

    func riderSocket(of rider: String, ride: String) async throws -> WebSocketLink {
        try await WebSocketLink.connect(host: host, port: port, path: "/v1/rides/\(ride)/ws?user=\(rider)", on: group)
    }

    private func ask(
        _ method: Method, _ path: String, as user: String?, _ body: (some Encodable)?, key: String? = nil
    ) async throws -> Data {
        var request = HTTPClientRequest(url: "http://\(host.contains(":") ? "[\(host)]" : host):\(port)\(path)")
        request.method = .init(rawValue: method.rawValue)
        if let user { request.headers.add(name: "X-User-ID", value: user) }
        if let key { request.headers.add(name: "Idempotency-Key", value: key) }
        if let body { request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(body))) }
        let response = try await http.execute(request, deadline: .now() + Self.patience)
        let answer = Data(try await response.body.collect(upTo: Self.maximumLength).readableBytesView)
        guard (200..<300).contains(response.status.code) else {
            let detail = (try? JSONDecoder().decode(ProblemAnswer.self, from: answer).detail) ?? "\(answer.count) bytes"
            throw Refusal(status: response.status.code, detail: detail)
        }
        return answer
    }

    private enum Method: String {
        case GET, PUT, POST
    }
}
