/// What a reply can be turned into.
public protocol RedisDecodable {
    /// - Throws: ``RedisError/Code/unexpectedReply`` when the reply does not have this form.
    init(redis value: RedisValue) throws(RedisError)
    /// What an array of these is made from: a reply of several elements, unless a type has a denser form.
    static func array(redis value: RedisValue) throws(RedisError) -> [Self]
}

extension RedisDecodable {
    public static func array(redis value: RedisValue) throws(RedisError) -> [Self] {
        guard case .array(let elements) = value else { throw value.unexpected("an array") }
        var array: [Self] = []
        array.reserveCapacity(elements.count)
        for element in elements { array.append(try Self(redis: element)) }
        return array
    }
}

extension RedisValue {
    /// This reply as a `Value`.
    /// - Throws: ``RedisError/Code/unexpectedReply`` when it does not have that form.
    public func decode<Value: RedisDecodable>(as type: Value.Type = Value.self) throws(RedisError) -> Value {
        try Value(redis: self)
    }

    func unexpected(_ wanted: String) -> RedisError {
        if case .error(let reply) = self { return RedisError(reply: reply, command: "") }
        let form =
            switch self {
            case .null: "null"
            case .integer: "an integer"
            case .status: "a status"
            case .bytes: "bytes"
            case .array: "an array"
            case .error: "an error"
            }
        return RedisError(.unexpectedReply, execution: .answered, message: "expected \(wanted), the reply is \(form)")
    }
}

extension RedisValue: RedisDecodable {
    public init(redis value: RedisValue) { self = value }
}

extension Int: RedisDecodable {
    public init(redis value: RedisValue) throws(RedisError) {
        switch value {
        case .integer(let integer): self = integer
        case .bytes(let bytes):
            guard let integer = Int(String(decoding: bytes, as: UTF8.self)) else { throw value.unexpected("an integer") }
            self = integer
        default: throw value.unexpected("an integer")
        }
    }
}

extension Double: RedisDecodable {
    public init(redis value: RedisValue) throws(RedisError) {
        switch value {
        case .integer(let integer): self = Double(integer)
        case .bytes(let bytes):
            guard let double = Double(String(decoding: bytes, as: UTF8.self)) else { throw value.unexpected("a number") }
            self = double
        default: throw value.unexpected("a number")
        }
    }
}

extension Bool: RedisDecodable {
    /// `1` and `OK` are true, `0` and null are false.
    public init(redis value: RedisValue) throws(RedisError) {
        switch value {
        case .integer(1), .status("OK"): self = true
        case .integer(0), .null: self = false
        default: throw value.unexpected("a truth value")
        }
    }
}

extension String: RedisDecodable {
    /// Bytes that are not UTF-8 are an error, not repaired.
    public init(redis value: RedisValue) throws(RedisError) {
        switch value {
        case .status(let status): self = status
        case .integer(let integer): self = String(integer)
        case .bytes(let bytes):
            guard let string = String(validating: bytes, as: UTF8.self) else { throw value.unexpected("UTF-8 text") }
            self = string
        default: throw value.unexpected("a string")
        }
    }
}

extension Optional: RedisDecodable where Wrapped: RedisDecodable {
    public init(redis value: RedisValue) throws(RedisError) {
        if case .null = value { self = nil } else { self = try Wrapped(redis: value) }
    }
}

extension Array: RedisDecodable where Element: RedisDecodable {
    public init(redis value: RedisValue) throws(RedisError) {
        self = try Element.array(redis: value)
    }
}

extension UInt8: RedisDecodable {
    public init(redis value: RedisValue) throws(RedisError) {
        guard let byte = UInt8(exactly: try Int(redis: value)) else { throw value.unexpected("a byte") }
        self = byte
    }

    /// A bulk string is an array of bytes.
    public static func array(redis value: RedisValue) throws(RedisError) -> [UInt8] {
        guard case .bytes(let bytes) = value else { throw value.unexpected("bytes") }
        return bytes
    }
}

extension Dictionary: RedisDecodable where Key: RedisDecodable, Value: RedisDecodable {
    /// A flat array of keys and values, as `HGETALL` answers under RESP2. Of a key met twice the last value stays.
    public init(redis value: RedisValue) throws(RedisError) {
        guard case .array(let elements) = value, elements.count.isMultiple(of: 2) else { throw value.unexpected("pairs") }
        self = [:]
        reserveCapacity(elements.count / 2)
        for index in stride(from: 0, to: elements.count, by: 2) {
            self[try Key(redis: elements[index])] = try Value(redis: elements[index + 1])
        }
    }
}
