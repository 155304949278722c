/// A server as long as it holds its lease: another one with each start, and when its lease was lost. What is held under an
/// identifier that is gone never comes back, so whoever clears it cannot harm what is in force.
struct ServerID: Sendable, Hashable {
    let text: String

    static func random() -> ServerID { ServerID(text: RandomText.make()) }
}

/// A connection of a user, on whichever server.
public struct ConnectionID: Sendable, Hashable {
    public let text: String

    static func random() -> ConnectionID { ConnectionID(text: RandomText.make()) }
}

/// Texts that nobody else draws: 90 random bits. A `String` holds fifteen bytes without allocating.
private enum RandomText {
    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-".utf8)

    static func make() -> String {
        String(decoding: (0..<15).map { _ in digits[Int.random(in: digits.indices)] }, as: UTF8.self)
    }
}
