import Foundation
import TestSupport
import Testing

/// A driver or a rider at his WebSocket. Two tasks must not read from the same one at once.
struct LiveClient: Sendable {
    let name: String
    let socket: WebSocketClient

    static func driver(
        _ name: String, at service: RunningService, patience: Duration = .seconds(20)
    ) async throws -> LiveClient {
        try await LiveClient(
            name: name,
            socket: WebSocketClient.connect(port: service.port, "/v1/drivers/ws?user=\(segment(name))", patience: patience))
    }

    static func rider(
        _ name: String, of ride: String, at service: RunningService, patience: Duration = .seconds(20)
    ) async throws -> LiveClient {
        try await LiveClient(
            name: name,
            socket: WebSocketClient.connect(port: service.port, "/v1/rides/\(ride)/ws?user=\(segment(name))", patience: patience))
    }

    /// The next message, whatever it is.
    func next() async throws -> LiveMessage { try await socket.json() }

    /// The next message of a type, and of a ride if one is given; what else comes is read over.
    func next(_ type: String, of ride: String? = nil) async throws -> LiveMessage {
        while true {
            let message = try await next()
            if message.type == type, ride == nil || message.id == ride { return message }
        }
    }

    /// The next message of a ride that says how far it has come.
    func ride(_ id: String, is status: String) async throws -> RideBody {
        while true {
            if let ride = try await next("ride", of: id).ride, ride.status == status { return ride }
        }
    }

    /// - Parameter action: accept or reject.
    func say(_ action: String, _ ride: String, version: Int) async throws {
        try await socket.send(#"{"type":"\#(action)","ride":"\#(ride)","version":\#(version)}"#)
    }

    func locate(_ place: Place, _ fields: String = "") async throws {
        try await socket.send(#"{"type":"location",\#(location(place, fields).dropFirst())"#)
    }
}
