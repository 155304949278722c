import Hummingbird
import RideHailing
import ServiceKit

/// `/v1/fares`: what a ride would cost.
struct FareRoutes {
    let rides: RideHailing
    let users: Users

    private struct Body: Decodable {
        let from: PlaceBody
        let to: PlaceBody
    }

    func add(to router: Router<ServiceRequestContext>) {
        router.post("/v1/fares") { request, _ in
            var request = request
            let rider = try await users.user(of: request)
            let body = try await request.decodeJSON(as: Body.self)
            let fare = try await rides.quote(from: body.from.coordinate, to: body.to.coordinate, for: rider)
            return Response.json(fare.json.text, status: .created)
        }
    }
}
