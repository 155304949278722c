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

    @Test("is read again, with any offset from UTC")
    func reading() {
        for milliseconds in [0, -1, 951_782_400_007, 1_795_253_345_678, 253_402_300_799_999, -62_167_219_200_000] {
            #expect(Timestamp.milliseconds(of: Timestamp.text(milliseconds: milliseconds)) == milliseconds)
        }
        #expect(Timestamp.milliseconds(of: "1970-01-01T00:00:00Z") == 0)
        #expect(Timestamp.milliseconds(of: "1970-01-01t01:30:00.0019+01:30") == 1)
        #expect(Timestamp.milliseconds(of: "1969-12-31 23:00:00.25-01:00") == 250)
    }

    @Test(
        "what is no time is refused",
        arguments: [
            "", "now", "1970-01-01", "1970-01-01T00:00:00", "1970-01-01T00:00:00.Z", "1970-1-01T00:00:00Z",
            "1970-13-01T00:00:00Z",
            "1970-00-01T00:00:00Z", "1970-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "1970-01-01T24:00:00Z",
            "1970-01-01T00:60:00Z",
            "1970-01-01T00:00:61Z", "1970-01-01T00:00:00+24:00", "1970-01-01T00:00:00Zz", "-970-01-01T00:00:00Z",
            "1970-01-01T00:00:00Z ",
        ])
    func noTime(text: String) {
        #expect(Timestamp.milliseconds(of: text) == nil)
    }
}
