import Crypto
import Redis
import TextCoding

/// What makes cursors opaque: with it nobody but the instances that share it can issue one.
struct CursorKey: Sendable, Equatable {
    private let bytes: [UInt8]

    static func random() -> CursorKey {
        CursorKey(bytes: (0..<32).map { _ in UInt8.random(in: .min ... .max) })
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// - Parameter scope: what list of whom: a cursor of one list is none of another.
    func cursor(_ position: String, in scope: [String]) -> String {
        Base64URL.encode(authenticator(position, scope) + Array(position.utf8))
    }

    func position(of cursor: String, in scope: [String]) throws(NewsFeedError) -> String {
        guard let bytes = Base64URL.decode(cursor), bytes.count > Self.authenticatorLength,
            let position = String(validating: bytes[Self.authenticatorLength...], as: UTF8.self),
            zip(authenticator(position, scope), bytes).reduce(0, { $0 | ($1.0 ^ $1.1) }) == 0
        else { throw .invalidCursor }
        return position
    }

    private static let authenticatorLength = 16

    private func authenticator(_ position: String, _ scope: [String]) -> [UInt8] {
        var code = HMAC<SHA256>(key: SymmetricKey(data: bytes))
        for text in ["1"] + scope + [position] { code.update(data: Array("\(text.utf8.count):\(text)".utf8)) }
        return Array(Array(code.finalize()).prefix(Self.authenticatorLength))
    }

    /// Writes what is not there yet, and reads what is.
    /// - Parameter own: what this instance works with. A Redis that has lost everything gets it back.
    static func share(_ own: CursorKey, on redis: any RedisCommands, deadline: Duration) async throws(NewsFeedError) -> CursorKey
    {
        let name = NewsFeedKeys.settings
        let replies = await redis.pipeline(
            [
                RedisCommand("HSETNX", name, "cursorKey", Base64URL.encode(own.bytes), isIdempotent: true),
                RedisCommand("HGET", name, "cursorKey", isIdempotent: true),
            ], deadline: deadline)
        let stored: String
        do throws(RedisError) {
            for reply in replies { _ = try reply.get() }
            stored = try replies[1].get().decode()
        } catch {
            throw .redis(error)
        }
        guard let bytes = Base64URL.decode(stored), bytes.count == 32 else { throw .unreadableRecord }
        return CursorKey(bytes: bytes)
    }
}
