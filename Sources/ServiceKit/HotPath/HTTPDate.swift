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
        var seconds = time_t(seconds)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func twoDigits(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let day = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][Int(parts.tm_wday)]
        let month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][Int(parts.tm_mon)]
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map(twoDigits).joined(separator: ":")
        return "\(day), \(twoDigits(parts.tm_mday)) \(month) \(1900 + parts.tm_year) \(clock) GMT"
    }
}
