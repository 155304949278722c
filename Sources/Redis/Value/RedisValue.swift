/// A reply of a Redis server (RESP2).
public enum RedisValue: Sendable, Hashable {
    /// The null bulk string and the null array.
    case null
    case integer(Int)
    /// A simple string, such as `OK`.
    case status(String)
    /// A bulk string: any bytes.
    case bytes([UInt8])
    case array([RedisValue])
    /// An error reply. At the top level of a reply it is thrown as ``RedisError``; inside an array it stays a value.
    case error(RedisErrorReply)
}

/// An error that a Redis server answered with.
public struct RedisErrorReply: Sendable, Hashable, CustomStringConvertible {
    /// The whole text, such as `WRONGTYPE Operation against a key holding the wrong kind of value`.
    public let text: String

    public init(_ text: String) {
        self.text = text
    }

    /// The first word, by which errors are told apart: `WRONGTYPE`, `NOSCRIPT`, `LOADING`, `ERR`, and so on.
    public var kind: Substring {
        text.prefix { $0 != " " }
    }

    public var description: String { text }
}
