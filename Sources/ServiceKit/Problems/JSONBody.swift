import struct Foundation.Data
import class Foundation.JSONDecoder
public import Hummingbird
import NIOCore

extension Request {
    /// The largest body that is read: 1 MiB.
    private static let maximumBodyLength = 1 << 20

    /// Reads the body as JSON.
    /// - Throws: ``Problem``: 413 when it is too large, 400 with the field's name when it does not have the form.
    public mutating func decodeJSON<Value: Decodable>(as type: Value.Type) async throws -> Value {
        let body: ByteBuffer
        do {
            body = try await collectBody(upTo: Self.maximumBodyLength)
        } catch is NIOTooManyBytesError {
            throw Problem(.contentTooLarge, "The body is larger than \(Self.maximumBodyLength) bytes.")
        }
        do {
            return try JSONDecoder().decode(type, from: Data(body.readableBytesView))
        } catch let error as DecodingError {
            throw Problem(.badRequest, error.sentence)
        }
    }
}

extension DecodingError {
    /// One sentence that names the field.
    fileprivate var sentence: String {
        switch self {
        case .keyNotFound(let key, let context): "\(Self.path(context.codingPath + [key])): required."
        case .typeMismatch(let type, let context): "\(Self.path(context.codingPath)): expected \(Self.name(of: type))."
        case .valueNotFound(let type, let context): "\(Self.path(context.codingPath)): expected \(Self.name(of: type)), not null."
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            "\(Self.path(context.codingPath)): \(context.debugDescription)"
        default: "The body is not valid JSON."
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.reduce(into: "") { path, key in
            if let index = key.intValue { path += "[\(index)]" } else { path += (path.isEmpty ? "" : ".") + key.stringValue }
        }
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is Int.Type: "an integer"
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is Double.Type: "a number"
        case is [Any].Type: "an array"
        default: "another form"
        }
    }
}
