import Foundation
import TestSupport
import Testing

extension RunningService {
    /// Sends a request of a user.
    func ask(
        _ method: String, _ target: String, as name: String, _ json: String? = nil, headers: [(String, String)] = [],
        patience: Duration = .seconds(20)
    ) async throws -> HTTPReply {
        try await connect(patience: patience).request(method, target, headers: user(name) + headers, body: json)
    }

    // MARK: Drivers

    /// A driver says where he is, and whether he works, and both is taken.
    func begin(_ driver: String, at place: Place, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await setStatus(of: driver, "available", sourceLocation: sourceLocation)
        try await locate(driver, place, sourceLocation: sourceLocation)
    }

    func setStatus(of driver: String, _ status: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let reply = try await ask("PUT", "/v1/drivers/\(segment(driver))/status", as: driver, #"{"status":"\#(status)"}"#)
        try #require(reply.status == 204 && reply.body.isEmpty, "\(reply)", sourceLocation: sourceLocation)
    }

    /// - Parameter fields: further ones, as JSON.
    func locate(
        _ driver: String, _ place: Place, _ fields: String = "", sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let reply = try await ask("PUT", "/v1/drivers/\(segment(driver))/location", as: driver, location(place, fields))
        try #require(reply.status == 204 && reply.body.isEmpty, "\(reply)", sourceLocation: sourceLocation)
    }

    /// Who is near, nearest first. Throws where the service does not answer as it should, so that it can be asked again.
    func nearby(_ place: Place, _ query: String = "") async throws -> [NearbyBody.Driver] {
        let reply = try await ask("GET", "/v1/drivers/nearby?lat=\(place.lat)&lon=\(place.lon)\(query)", as: "somebody")
        guard reply.status == 200 else { throw UnexpectedReply(reply) }
        return try reply.json(NearbyBody.self).drivers
    }

    func isFound(_ driver: String, near place: Place) async throws -> Bool {
        try await nearby(place, "&limit=100").contains { $0.id == driver }
    }

    // MARK: Rides

    func quote(
        _ rider: String, from: Place, to: Place? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> FareBody {
        let body = #"{"from":\#(from.json),"to":\#((to ?? from.north(3000)).json)}"#
        let reply = try await ask("POST", "/v1/fares", as: rider, body)
        try #require(reply.status == 201, "\(reply)", sourceLocation: sourceLocation)
        return try reply.json()
    }

    /// Requests a ride, and expects that this is possible.
    func request(_ rider: String, from: Place, sourceLocation: SourceLocation = #_sourceLocation) async throws -> String {
        let fare = try await quote(rider, from: from, sourceLocation: sourceLocation)
        let reply = try await ask("POST", "/v1/rides", as: rider, #"{"fareId":"\#(fare.id)"}"#)
        try #require(reply.status == 202, "\(reply)", sourceLocation: sourceLocation)
        return try reply.json(RequestedBody.self).id
    }

    /// Throws where the service does not answer as it should, so that it can be asked again.
    func ride(_ id: String, as name: String) async throws -> RideBody {
        let reply = try await ask("GET", "/v1/rides/\(id)", as: name)
        guard reply.status == 200 else { throw UnexpectedReply(reply) }
        return try reply.json()
    }

    /// Waits until a ride has come to a status.
    @discardableResult
    func waits(
        for status: String, of id: String, as name: String, within limit: Duration = .seconds(20),
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> RideBody {
        var ride: RideBody?
        try await eventually("ride \(id) is \(status)", within: limit, sourceLocation: sourceLocation) {
            ride = try await self.ride(id, as: name)
            return ride?.status == status
        }
        return try #require(ride, sourceLocation: sourceLocation)
    }

    /// Which of the drivers a ride is or was offered to: they may see it.
    func offered(_ id: String, among drivers: [String]) async throws -> [String] {
        var offered: [String] = []
        for driver in drivers {
            let reply = try await ask("GET", "/v1/rides/\(id)", as: driver)
            if reply.status == 200 { offered.append(driver) } else if reply.status != 403 { throw UnexpectedReply(reply) }
        }
        return offered
    }

    /// - Parameter action: accept, reject, cancel, start or complete.
    func act(_ action: String, _ id: String, as name: String, version: Int) async throws -> HTTPReply {
        try await ask("POST", "/v1/rides/\(id)/\(action)", as: name, #"{"version":\#(version)}"#)
    }

    /// Does something with a ride, and expects that this is possible.
    @discardableResult
    func does(
        _ action: String, _ id: String, as name: String, version: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> RideBody {
        let reply = try await act(action, id, as: name, version: version)
        try #require(reply.status == 200, "\(action): \(reply)", sourceLocation: sourceLocation)
        return try reply.json()
    }

    /// Does what comes too late, and expects to be told how the ride is now.
    @discardableResult
    func isLate(
        _ action: String, _ id: String, as name: String, version: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> RideBody {
        let reply = try await act(action, id, as: name, version: version)
        try expectProblem(reply, 409, sourceLocation: sourceLocation)
        return try reply.json(ConflictBody.self).ride
    }
}

/// The body that says where a driver is.
/// - Parameter fields: further ones, as JSON.
func location(_ place: Place, _ fields: String = "") -> String {
    #"{"lat":\#(place.lat),"lon":\#(place.lon)\#(fields.isEmpty ? "" : ",")\#(fields)}"#
}

/// A user by name, as a service in development believes it.
func user(_ name: String) -> [(String, String)] { [("X-User-ID", name)] }

/// A part of a path, each byte of it encoded.
func segment(_ text: String) -> String {
    text.utf8.map { byte in (byte < 16 ? "%0" : "%") + String(byte, radix: 16) }.joined()
}
