/// A place, as it is sent and as it is answered.
struct Place: Codable, Hashable {
    var lat: Double
    var lon: Double
}

struct FareBody: Decodable {
    var id: String
    var distanceMeters: Double
    var durationSeconds: Int
    var amountCents: Int
    var currency: String
    var expiresAt: String
}

/// The answer to a request for a ride.
struct RequestedBody: Decodable, Equatable {
    var id: String
    var status: String
    var version: Int
}

/// A ride, as its rider and its drivers read it.
struct RideBody: Decodable, Hashable {
    struct Change: Decodable, Hashable {
        var status: String
        var version: Int
        var by: String?
        var at: String
    }

    var id: String
    var status: String
    var version: Int
    var rider: String
    var driver: String?
    var reason: String?
    var from: Place
    var to: Place
    var amountCents: Int
    var history: [Change]

    /// Nothing more happens to it.
    var isOver: Bool { ["completed", "cancelled", "unmatched"].contains(status) }
    /// When it came to its last status so.
    func at(_ status: String) -> String? { history.last { $0.status == status }?.at }
}

/// What a problem with a ride holds beside what every problem has.
struct ConflictBody: Decodable {
    var ride: RideBody
}

struct NearbyBody: Decodable {
    struct Driver: Decodable, Hashable {
        var id: String
        var lat: Double
        var lon: Double
        var distanceMeters: Double
        var seenAt: String
    }

    var drivers: [Driver]
}

/// A message that a driver or a rider gets over his WebSocket.
struct LiveMessage: Decodable {
    var type: String
    /// The ride that it is about.
    var id: String?
    /// The same where it is there as a whole.
    var ride: RideBody?
    var version: Int?
    var from: Place?
    var to: Place?
    var amountCents: Int?
    var expiresAt: String?
    var reason: String?
    var code: String?
    var detail: String?
    var lat: Double?
    var lon: Double?
    var at: String?

    private enum CodingKeys: String, CodingKey {
        case type, ride, version, from, to, amountCents, expiresAt, reason, code, detail, lat, lon, at
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        type = try container.decode(String.self, forKey: .type)
        if type == "ride" {
            ride = try container.decode(RideBody.self, forKey: .ride)
            id = ride?.id
        } else {
            id = try container.decodeIfPresent(String.self, forKey: .ride)
        }
        version = try container.decodeIfPresent(Int.self, forKey: .version)
        from = try container.decodeIfPresent(Place.self, forKey: .from)
        to = try container.decodeIfPresent(Place.self, forKey: .to)
        amountCents = try container.decodeIfPresent(Int.self, forKey: .amountCents)
        expiresAt = try container.decodeIfPresent(String.self, forKey: .expiresAt)
        reason = try container.decodeIfPresent(String.self, forKey: .reason)
        code = try container.decodeIfPresent(String.self, forKey: .code)
        detail = try container.decodeIfPresent(String.self, forKey: .detail)
        lat = try container.decodeIfPresent(Double.self, forKey: .lat)
        lon = try container.decodeIfPresent(Double.self, forKey: .lon)
        at = try container.decodeIfPresent(String.self, forKey: .at)
    }
}
