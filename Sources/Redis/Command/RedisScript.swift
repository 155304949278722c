import Crypto
import NIOCore

/// A Lua script that runs on the server, atomically.
///
/// It is called by its digest (`EVALSHA`). A server that does not know it (a new one, or after `SCRIPT FLUSH`) is sent
/// the source once with `EVAL`, which also makes it known: no step at start-up is needed.
public final class RedisScript: Sendable {
    /// For metrics and errors.
    public let name: String
    public let source: String
    /// SHA-1 of the source in hexadecimal, by which the server knows it.
    public let digest: String
    /// `EVALSHA` and the digest, encoded: every call begins so.
    fileprivate let opening: ByteBuffer

    public init(name: String, source: String) {
        self.name = name
        self.source = source
        let sha1 = Insecure.SHA1.hash(data: Array(source.utf8))
        digest = sha1.reduce(into: "") { $0 += ($1 < 16 ? "0" : "") + String($1, radix: 16) }
        var opening = ByteBuffer()
        "EVALSHA".write(to: &opening)
        digest.write(to: &opening)
        self.opening = opening
    }

    /// A source that was embedded as bytes by the build.
    public convenience init(name: String, source: [UInt8]) {
        self.init(name: name, source: String(decoding: source, as: UTF8.self))
    }

    /// One call of this script.
    /// - Parameters:
    ///   - keys: every key that the script touches; on a cluster all must lie in one slot.
    ///   - arguments: its `ARGV`.
    ///   - isIdempotent: see ``RedisCommand/isIdempotent``.
    public func call<each Argument: RedisArgument>(
        keys: [String], _ arguments: repeat each Argument, isIdempotent: Bool = false
    ) -> RedisCommand {
        var count = 0
        for _ in repeat each arguments { count += 1 }
        var call = RedisScriptCall(of: self, keys: keys, argumentCount: count)
        for argument in repeat each arguments { argument.write(to: &call.encoded) }
        return RedisCommand(name: name, isIdempotent: isIdempotent, encoded: call.encoded, script: call)
    }

    /// A call whose number of arguments is known only at run time.
    public func call(keys: [String], arguments: [any RedisArgument], isIdempotent: Bool = false) -> RedisCommand {
        var call = RedisScriptCall(of: self, keys: keys, argumentCount: arguments.count)
        for argument in arguments { argument.write(to: &call.encoded) }
        return RedisCommand(name: name, isIdempotent: isIdempotent, encoded: call.encoded, script: call)
    }
}

/// A call of a script by its digest, which can be turned into the same call by its source.
struct RedisScriptCall: Sendable {
    private let script: RedisScript
    private let elements: Int
    /// Where key count, keys and arguments begin in `encoded`: they are the same for `EVALSHA` and `EVAL`.
    private let operands: Int
    var encoded: ByteBuffer

    init(of script: RedisScript, keys: [String], argumentCount: Int) {
        self.script = script
        elements = 3 + keys.count + argumentCount
        encoded = RedisCommand.buffer(elements: elements)
        encoded.writeImmutableBuffer(script.opening)
        operands = encoded.writerIndex
        keys.count.write(to: &encoded)
        for key in keys { key.write(to: &encoded) }
    }

    var digest: String { script.digest }

    func withSource(isIdempotent: Bool) -> RedisCommand {
        var command = RedisCommand.header("EVAL", elements: elements)
        script.source.write(to: &command)
        command.writeImmutableBuffer(encoded.getSlice(at: operands, length: encoded.writerIndex - operands) ?? ByteBuffer())
        return RedisCommand(name: script.name, isIdempotent: isIdempotent, encoded: command, script: nil)
    }
}
