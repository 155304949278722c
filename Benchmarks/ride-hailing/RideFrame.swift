import Foundation
import NIOCore

/// What the service says about a ride, over HTTP or a WebSocket.
struct RideFrame: Decodable {
    let type: String
    /// Of an offer.
    let id: String?
    let version: Int?
    /// Of a transition.
    let ride: RideAnswer?
    /// Of an error.
    let code: String?

    private enum CodingKeys: String, CodingKey { case type, ride, version, code }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        type = try members.decode(String.self, forKey: .type)
        version = try members.decodeIfPresent(Int.self, forKey: .version)
        code = try members.decodeIfPresent(String.self, forKey: .code)
        ride = type == "ride" ? try members.decode(RideAnswer.self, forKey: .ride) : nil
        id = type == "ride" ? nil : try members.decodeIfPresent(String.self, forKey: .ride)
    }

    init(_ text: UnsafeRawBufferPointer) throws { self = try JSONDecoder().decode(RideFrame.self, from: Data(text)) }
}

/// A ride, as far as it matters here.
struct RideAnswer: Decodable {
    let id: String
    let status: String
    let version: Int
    let driver: String?
}

/// What has got an identifier.
struct Made: Decodable {
    let id: String
}

extension HTTPRequester.Answer {
    func decoded<Value: Decodable>(_ type: Value.Type = Value.self, status expected: Int) throws -> Value {
        guard status == expected else { throw LoadError.unexpected("\(status) \(String(buffer: body))") }
        return try JSONDecoder().decode(type, from: Data(body.readableBytesView))
    }
}
