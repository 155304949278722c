/// Why a connection is closed, as RFC 6455, section 7.4, numbers it.
public struct WebSocketCloseCode: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// All is done.
    public static let normal = WebSocketCloseCode(rawValue: 1000)
    /// The server stops, or the browser has left the page.
    public static let goingAway = WebSocketCloseCode(rawValue: 1001)
    public static let protocolError = WebSocketCloseCode(rawValue: 1002)
    /// A kind of message that is not taken here: binary, where text is spoken.
    public static let unacceptable = WebSocketCloseCode(rawValue: 1003)
    /// Text that is not UTF-8.
    public static let invalidData = WebSocketCloseCode(rawValue: 1007)
    public static let policyViolation = WebSocketCloseCode(rawValue: 1008)
    /// A message that is larger than this server takes.
    public static let tooLarge = WebSocketCloseCode(rawValue: 1009)
    public static let internalError = WebSocketCloseCode(rawValue: 1011)
    public static let tryAgainLater = WebSocketCloseCode(rawValue: 1013)
    /// The client did not take its messages in time. Of this project: 4000 to 4999 are for private use.
    public static let tooSlow = WebSocketCloseCode(rawValue: 4008)

    /// Whether a close frame may carry it: 1004 to 1006 and 1015 are never sent, others are nobody's yet.
    var isSendable: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
