import Testing

@testable import ServiceKit

@Suite("Moments as text")
struct TimestampTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (951_782_400_007, "2000-02-29T00:00:00.007Z"),
        (1_795_253_345_678, "2026-11-21T09:29:05.678Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ])
    func text(milliseconds: Int, text: String) {
        #expect(Timestamp.text(milliseconds: milliseconds) == text)
        #expect(Timestamp.readable(milliseconds: milliseconds) == text.prefix(16).replacing("T", with: " ") + " UTC")
    }
}
