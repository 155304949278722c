import NIOCore

import struct Foundation.Data
import class Foundation.JSONDecoder

/// A ride, as clients are shown it.
struct SeenRide: Decodable, Sendable {
    struct Place: Decodable, Sendable {
        let lat: Double
        let lon: Double
    }

    let id: String
    let status: String
    let version: Int
    let driver: String?
    let reason: String?
    let from: Place
    let to: Place

    var isOver: Bool { ["completed", "cancelled", "unmatched"].contains(status) }
}

/// What a server says over a WebSocket.
enum ServerMessage: Sendable {
    case offer(ride: String, version: Int)
    case offerWithdrawn(ride: String, reason: String)
    case ride(SeenRide)
    case driverLocation
    case error(code: String, ride: String?)
    /// Something else.
    case unknown

    private struct Kind: Decodable {
        let type: String
    }
    private struct Offer: Decodable {
        let ride: String
        let version: Int
    }
    private struct Withdrawal: Decodable {
        let ride: String
        let reason: String
    }
    private struct RideChange: Decodable {
        let ride: SeenRide
    }
    private struct Failure: Decodable {
        let code: String
        let ride: String?
    }

    init(_ text: ByteBuffer) {
        self = (try? Self.decode(Data(text.readableBytesView))) ?? .unknown
    }

    private static func decode(_ text: Data) throws -> ServerMessage {
        let decoder = JSONDecoder()
        switch try decoder.decode(Kind.self, from: text).type {
        case "offer":
            let offer = try decoder.decode(Offer.self, from: text)
            return .offer(ride: offer.ride, version: offer.version)
        case "offerWithdrawn":
            let withdrawal = try decoder.decode(Withdrawal.self, from: text)
            return .offerWithdrawn(ride: withdrawal.ride, reason: withdrawal.reason)
        case "ride": return .ride(try decoder.decode(RideChange.self, from: text).ride)
        case "driverLocation": return .driverLocation
        case "error":
            let failure = try decoder.decode(Failure.self, from: text)
            return .error(code: failure.code, ride: failure.ride)
        default: return .unknown
        }
    }
}
