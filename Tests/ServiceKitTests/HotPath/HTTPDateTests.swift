import Foundation
import NIOEmbedded
import TestSupport
import Testing

@testable import ServiceKit

@Suite("Date of HTTP")
struct HTTPDateTests {
    @Test(
        "Known dates",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"), (1_735_689_599, "Tue, 31 Dec 2024 23:59:59 GMT"),
            (2_147_483_648, "Tue, 19 Jan 2038 03:14:08 GMT"), (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        ])
    func known(seconds: Int, text: String) {
        #expect(HTTPDate.format(seconds) == text)
    }

    @Test("Every month and every weekday has its name")
    func names() {
        let days = (0..<365).map { HTTPDate.format(1_735_689_600 + $0 * 86_400) }
        #expect(days.map { String($0.prefix(3)) }.prefix(7) == ["Wed", "Thu", "Fri", "Sat", "Sun", "Mon", "Tue"])
        let months = days.map { String($0.dropFirst(8).prefix(3)) }
        #expect(
            months.enumerated().filter { $0 == 0 || months[$0 - 1] != $1 }.map(\.element) == [
                "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
            ])
    }

    @Test("It says the present second")
    func present() async throws {
        let date = HTTPDate(eventLoop: EmbeddedEventLoop())
        // The second may end between the two readings, and the clock of seconds lags a few milliseconds behind the other.
        try await eventually {
            let before = currentSecond()
            return date.text == HTTPDate.format(before)
        }
    }

    private func currentSecond() -> Int {
        Int(Date.now.timeIntervalSince1970)
    }
}
