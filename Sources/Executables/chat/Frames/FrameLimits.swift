/// How large frames are, and what may wait for a client. All in bytes.
enum FrameLimits {
    /// JSON makes up to six bytes of one: `\u00XX`.
    private static let escape = 6
    /// Whatever stands in a frame beside a text: an id, names, all of it escaped.
    private static let envelope = 4 << 10
    /// What is read from a log for a connection before the client has taken it, unless a single message is more.
    private static let part = 64 << 10
    /// Live messages that come meanwhile.
    private static let live = 256 << 10

    /// Frames that may wait for a client.
    static let queuedFrames = 4_096

    /// A frame that holds a text of so many bytes is never larger, however it is escaped.
    static func largestClientFrame(text: Int) -> Int { escape * text + envelope }

    /// Whoever is given what was missed always has room for the next part of it: that is read when less than half waits.
    static func queuedBytes(text: Int) -> Int { 2 * escape * max(part, text + envelope) + live }
}
