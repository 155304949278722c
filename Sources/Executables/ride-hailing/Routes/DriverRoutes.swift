import HTTPTypes
import Hummingbird
import RideHailing
import ServiceKit

/// `/v1/drivers`: where they are, and whether they work.
struct DriverRoutes {
    let rides: RideHailing
    let users: Users

    private struct StatusBody: Decodable {
        let status: String
    }

    func add(to router: Router<ServiceRequestContext>) {
        router.put("/v1/drivers/:id/location") { request, context in
            var request = request
            let driver = try await oneself(request, context)
            let location = try await request.decodeJSON(as: LocationBody.self)
            if try await rides.record(location.position(of: driver)) == .inFuture { throw RideHailingError.invalidTime }
            return Response(status: .noContent)
        }
        router.put("/v1/drivers/:id/status") { request, context in
            var request = request
            let driver = try await oneself(request, context)
            let body = try await request.decodeJSON(as: StatusBody.self)
            guard let availability = DriverAvailability(rawValue: body.status) else {
                throw Problem(.badRequest, "status: available or offline.")
            }
            try await rides.setAvailability(of: driver, to: availability)
            return Response(status: .noContent)
        }
        router.get("/v1/drivers/nearby") { request, _ in
            _ = try await users.user(of: request)
            let query = request.uri.queryParameters
            let center = try Coordinate(
                latitude: try number("lat", query["lat"]), longitude: try number("lon", query["lon"]))
            let drivers = try await rides.drivers(
                near: center, radiusMeters: try query["radiusMeters"].map { try number("radiusMeters", $0) } ?? 3_000,
                limit: try limit(query["limit"]))
            return Response.json(JSONText.object([("drivers", .array(drivers.map(\.json)))]).text)
        }
    }

    private func number(_ name: String, _ text: Substring?) throws -> Double {
        guard let text else { throw Problem(.badRequest, "\(name): required.") }
        // Of what Swift takes for a number besides, hexadecimal digits, infinity and nan, nothing is one here.
        guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let number = Double(text) else {
            throw Problem(.badRequest, "\(name): expected a number.")
        }
        return number
    }

    private func limit(_ text: Substring?) throws -> Int {
        guard let text else { return 10 }
        guard let limit = Int(text) else { throw RideHailingError.invalidLimit }
        return limit
    }

    /// The driver in the path, who must be the one who asks. Byte by byte: names that only look the same are different users.
    private func oneself(_ request: Request, _ context: ServiceRequestContext) async throws -> String {
        let user = try await users.user(of: request)
        guard try UserKey(context.percentDecodedParameter("id")) == UserKey(user) else {
            throw Problem(.forbidden, "Nobody drives on behalf of another.")
        }
        return user
    }
}
