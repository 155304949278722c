import HTTPTypes
import Hummingbird
import RideHailing
import ServiceKit

/// `/v1/rides`: requested, and brought to their end step by step.
struct RideRoutes {
    let rides: RideHailing
    let users: Users

    private struct RequestBody: Decodable {
        let fareId: String
    }
    private struct VersionBody: Decodable {
        let version: Int
    }

    func add(to router: Router<ServiceRequestContext>) {
        router.post("/v1/rides", use: request)
        router.get("/v1/rides/:id") { request, context in
            let user = try await users.user(of: request)
            return Response.json(try await rides.ride(try context.percentDecodedParameter("id"), for: user).json.text)
        }
        for transition in RideTransition.allCases {
            router.post("/v1/rides/:id/\(transition.rawValue)") { request, context in
                var request = request
                let user = try await users.user(of: request)
                let body = try await request.decodeJSON(as: VersionBody.self)
                guard body.version > 0 else { throw Problem(.badRequest, "version: an integer from 1.") }
                let ride = try await rides.perform(
                    transition, on: try context.percentDecodedParameter("id"), by: user, version: body.version)
                return Response.json(ride.json.text)
            }
        }
    }

    @Sendable private func request(_ request: Request, _ context: ServiceRequestContext) async throws -> Response {
        var request = request
        let rider = try await users.user(of: request)
        let body = try await request.decodeJSON(as: RequestBody.self)
        let id = try await rides.requestRide(
            fare: body.fareId, by: rider, idempotencyKey: request.headers[.idempotencyKey])
        return .json(
            JSONText.object([
                ("id", .string(id)), ("status", .string(RideStatus.requested.rawValue)), ("version", .integer(1)),
            ]).text, status: .accepted, headers: [.location: "/v1/rides/\(id)"])
    }
}

extension HTTPField.Name {
    fileprivate static let idempotencyKey = known("Idempotency-Key")
}
