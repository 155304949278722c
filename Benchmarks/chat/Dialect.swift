import ArgumentParser

/// What clients say to servers of a kind, and how they know the answers.
///
/// A message is known by its group and number: `~group.number~` begins its text, `^group.number^` is its identifier. Neither sign
/// stands anywhere else in what servers send.
enum Dialect: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// This package's chat: a user a connection, groups by name.
    case chat
    /// nginx' nchan module, in a location that publishes and subscribes: a channel a group.
    case nchan

    /// As many bytes a text has.
    static let textLength = 100
    static let (textSign, identifierSign) = (UInt8(ascii: "~"), UInt8(ascii: "^"))

    func path(group: Int, member: Int) -> String {
        switch self {
        case .chat: "/v1/ws?user=m\(group).\(member)"
        case .nchan: "/g\(group)"
        }
    }

    /// Whether a server says so when a client is in its place.
    var hasWelcome: Bool { self == .chat }

    func message(group: Int, number: Int) -> String {
        let begin = "~\(group).\(number)~"
        let text = begin + String(repeating: "a", count: max(0, Self.textLength - begin.utf8.count))
        return switch self {
        case .chat: #"{"type":"send","id":"^\#(group).\#(number)^","to":{"group":"g\#(group)"},"text":"\#(text)"}"#
        case .nchan: text
        }
    }
}
