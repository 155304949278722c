import NIOCore

/// A command, encoded once where it is made: a connection only appends its bytes to what it writes next.
public struct RedisCommand: Sendable {
    /// The command's name, such as `GET`, or a script's: for metrics and errors.
    public let name: String
    /// True when executing it twice does the same as once, so that it may be sent again after a connection was lost
    /// while it was in flight. Commands that were never sent are always sent again.
    public var isIdempotent: Bool
    /// The whole request in RESP.
    let encoded: ByteBuffer
    /// Of the whole request, in bytes.
    package var encodedLength: Int { encoded.readableBytes }
    /// Set for `EVALSHA`, which is repeated as `EVAL` when the server does not know the script.
    let script: RedisScriptCall?

    init(name: String, isIdempotent: Bool, encoded: ByteBuffer, script: RedisScriptCall?) {
        (self.name, self.isIdempotent, self.encoded, self.script) = (name, isIdempotent, encoded, script)
    }

    /// - Parameters:
    ///   - name: one word; a subcommand, such as `SETNAME` of `CLIENT`, is the first argument.
    ///   - isIdempotent: see ``isIdempotent``.
    public init<each Argument: RedisArgument>(_ name: String, _ arguments: repeat each Argument, isIdempotent: Bool = false) {
        var count = 1
        for _ in repeat each arguments { count += 1 }
        var encoded = Self.header(name, elements: count)
        for argument in repeat each arguments { argument.write(to: &encoded) }
        self.init(name: name, isIdempotent: isIdempotent, encoded: encoded, script: nil)
    }

    /// A command whose number of arguments is known only at run time.
    public init(_ name: String, arguments: [any RedisArgument], isIdempotent: Bool = false) {
        var encoded = Self.header(name, elements: 1 + arguments.count)
        for argument in arguments { argument.write(to: &encoded) }
        self.init(name: name, isIdempotent: isIdempotent, encoded: encoded, script: nil)
    }

    static func header(_ name: String, elements: Int) -> ByteBuffer {
        var encoded = buffer(elements: elements)
        name.write(to: &encoded)
        return encoded
    }

    static func buffer(elements: Int) -> ByteBuffer {
        var encoded = ByteBufferAllocator().buffer(capacity: 192)
        encoded.writeArrayLength(elements)
        return encoded
    }
}
