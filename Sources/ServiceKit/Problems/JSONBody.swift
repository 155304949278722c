import struct Foundation.Data
import class Foundation.JSONDecoder
public import Hummingbird
public import NIOCore

extension Request {
    /// The largest body that is read unless more is asked for: 1 MiB.
    public static var maximumBodyLength: Int { 1 << 20 }

    /// Reads the body to its end.
    /// - Throws: ``Problem``: 413 when it is too large.
    public mutating func body(upTo maximumLength: Int = maximumBodyLength) async throws -> ByteBuffer {
        do {
            return try await collectBody(upTo: maximumLength)
        } catch is NIOTooManyBytesError {
            throw Problem(.contentTooLarge, "The body is larger than \(maximumLength) bytes.")
        } catch {
            // Its framing is broken, or the client has gone.
            throw Problem(.badRequest, "The body cannot be read to its end.")
        }
    }

    /// Reads the body as JSON.
    /// - Throws: ``Problem``: 413 when it is too large, 400 with the field's name when it does not have the form.
    public mutating func decodeJSON<Value: Decodable>(
        as type: Value.Type, upTo maximumLength: Int = maximumBodyLength
    ) async throws -> Value {
        try JSONBody.decode(type, from: try await body(upTo: maximumLength))
    }
}

/// A body that has been read.
public enum JSONBody {
    /// - Parameter name: what the whole is called where no field is to blame.
    /// - Throws: ``Problem``: 400 with the field's name when it does not have the form.
    public static func decode<Value: Decodable>(
        _ type: Value.Type, from body: ByteBuffer, called name: String = "The body"
    ) throws -> Value {
        switch body.withUnsafeReadableBytes(JSONGrammar.judge) {
        case .valid: break
        case .invalid: throw Problem(.badRequest, "\(name) is not valid JSON.")
        case .tooManyValues:
            throw Problem(.contentTooLarge, "\(name) has more than \(JSONGrammar.maximumValues) values.")
        }
        let data = Data(body.readableBytesView)
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch let error as any ProblemConvertible {
            throw error
        } catch {
            throw Problem(
                .badRequest, (error as? DecodingError)?.sentence(called: name) ?? UnfitNumbers.sentence(about: data, called: name)
            )
        }
    }
}

extension DecodingError {
    /// One sentence that names the field; nil when the error does not say which.
    public var sentence: String? { sentence(called: "The body") }

    func sentence(called name: String) -> String? {
        switch self {
        case .keyNotFound(let key, let context): "\((context.codingPath + [key]).pathText(of: name)): required."
        case .typeMismatch(let type, let context): "\(context.codingPath.pathText(of: name)): expected \(Self.name(of: type))."
        case .valueNotFound(let type, let context):
            "\(context.codingPath.pathText(of: name)): expected \(Self.name(of: type)), not null."
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            "\(context.codingPath.pathText(of: name)): \(context.debugDescription)"
        default: nil
        }
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is Int.Type: "an integer"
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is Double.Type: "a number"
        case is [Any].Type: "an array"
        case is [String: Any].Type: "an object"
        default: "another form"
        }
    }
}
