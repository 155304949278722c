import HTTPTypes
import NIOCore
import RideHailing
import ServiceKit

/// What a driver's client says over its WebSocket.
enum DriverFrame: Equatable {
    case location(LocationBody)
    case accept(ride: String, version: Int)
    case reject(ride: String, version: Int)

    /// - Throws: ``FrameProblem`` that names the field.
    init(_ text: ByteBuffer) throws(FrameProblem) {
        // Nearly all are.
        if let location = text.withUnsafeReadableBytes({ PlainLocation.read($0) }) {
            self = .location(location)
            return
        }
        var ride: String?
        do {
            let head = try JSONBody.decode(Head.self, from: text, called: Self.name)
            ride = head.ride
            switch head.type {
            case "location": self = .location(try JSONBody.decode(LocationBody.self, from: text, called: Self.name))
            case "accept": self = .accept(ride: try head.requiredRide(), version: try head.requiredVersion())
            case "reject": self = .reject(ride: try head.requiredRide(), version: try head.requiredVersion())
            default: throw Problem(.badRequest, "type: location, accept or reject.")
            }
        } catch {
            throw FrameProblem(code: .invalid, detail: (error as? Problem)?.detail ?? "This is not understood.", ride: ride)
        }
    }

    private static let name = "The message"

    private struct Head: Decodable {
        let type: String
        let ride: String?
        let version: Int?

        func requiredRide() throws -> String {
            guard let ride else { throw Problem(.badRequest, "ride: required.") }
            return ride
        }

        func requiredVersion() throws -> Int {
            guard let version else { throw Problem(.badRequest, "version: required.") }
            guard version > 0 else { throw Problem(.badRequest, "version: an integer from 1.") }
            return version
        }
    }
}

/// Why something that was said had no effect.
struct FrameProblem: Error, Equatable {
    enum Code: String {
        /// The frame is not in order.
        case invalid
        /// The ride is not as it was seen.
        case conflict
        case forbidden
        case notFound
        /// Redis does not answer, or too much comes: it may help to say it again later.
        case unavailable
    }

    let code: Code
    let detail: String
    let ride: String?

    init(code: Code, detail: String, ride: String? = nil) { (self.code, self.detail, self.ride) = (code, detail, ride) }

    init(_ error: RideHailingError, ride: String? = nil) {
        let code: Code
        switch error {
        case .conflict: code = .conflict
        case .forbidden: code = .forbidden
        case .notFound: code = .notFound
        case .redis, .overloaded, .unreadableRecord: code = .unavailable
        default: code = .invalid
        }
        self.init(code: code, detail: error.description, ride: ride)
    }
}
