#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif
public import NIOCore

/// The `Date` header field of one event loop, formatted once a second.
public final class HTTPDate: Sendable {
    private let current: NIOLoopBoundBox<(text: String, second: Int)>

    public init(eventLoop: any EventLoop) {
        current = .makeBoxSendingValue(("", 0), eventLoop: eventLoop)
    }

    /// Such as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7). On the event loop only.
    public var text: String {
        let now = time(nil)
        if now != current.value.second { current.value = (Self.format(now), now) }
        return current.value.text
    }

    static func format(_ seconds: Int) -> String {
        let time = UTCTime(seconds: seconds)
        let weekday = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][time.weekday]
        let month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][time.month]
        return "\(weekday), \(UTCTime.padded(time.day, to: 2)) \(month) \(time.year) \(time.clock) GMT"
    }
}
