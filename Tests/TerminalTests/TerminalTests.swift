import Foundation
import Testing

@testable import Terminal

/// Numbers, text from strangers and the progress bar.
@Suite struct TerminalTests {
    @Test func numbers() {
        #expect([0, 999, 1000, 1_234_567, -1234].map { NumberFormat.count($0) } == ["0", "999", "1,000", "1,234,567", "-1,234"])
        #expect(NumberFormat.count(1, "key") == "1 key")
        #expect(NumberFormat.share(0, of: 10) == "0.00%")
        #expect(NumberFormat.share(1, of: 1_000_000) == "0.01%")
        #expect(NumberFormat.share(999_999, of: 1_000_000) == "99.99%")
        #expect(NumberFormat.share(10, of: 10) == "100.00%")
        #expect(NumberFormat.ratio(39, to: 20) == "1.95x")
        #expect(NumberFormat.duration(microseconds: 299_159_000_000) == "3 d 11 h")
        #expect(NumberFormat.duration(microseconds: 250_000) == "250 ms")
        #expect(NumberFormat.duration(microseconds: 0) == "0 s")
        #expect(NumberFormat.bytes(999) == "999 B")
        #expect(NumberFormat.bytes(2_370_789) == "2.4 MB")
        #expect(NumberFormat.bytes(999_999) == "1.0 MB")
        let decimals = [0, 0.1234, 0.9996, 1.25, 12.34, 99.96, 123.4, 1234.5, -1.5, -0.0001, 1e300, .nan].map {
            NumberFormat.decimal($0)
        }
        #expect(
            decimals == ["0", "0.123", "1", "1.25", "12.3", "100", "123", "1,235", "-1.5", "0", "1,000,000,000,000,000", "-"])
    }

    @Test func textFromStrangersIsMadeVisible() {
        #expect("a\u{1b}[31m\u{202e}b".visible(limit: 20) == "a\\u{1b}[31m\\u{202e}b")
        #expect("ip\n/path".visible(limit: 20) == "ip\\u{a}/path")
        #expect("ip\n/path".visible(limit: 20, lineFeed: " + ") == "ip + /path")
        #expect("abcdef".visible(limit: 3) == "abc…")
        #expect("abc".visible(limit: 3) == "abc")
    }

    @Test func theProgressBarFitsAndSaysHowFar() {
        func line(_ read: Int64, of total: Int64?, count: Int, seconds: Int, width: Int = 80) -> String {
            ProgressBar.line(readBytes: read, of: total, count: count, noun: "lines", elapsed: .seconds(seconds), width: width)
        }
        #expect(
            line(500, of: 1000, count: 6000, seconds: 60)
                == String(repeating: "█", count: 20) + String(repeating: "░", count: 20) + "  50%  100 lines/s  1:00 left")
        #expect(line(2000, of: nil, count: 10, seconds: 1) == "2.0 kB  10 lines/s")
        for width in 0..<120 {
            for read in [0, 1, 999, 1000, 2000] as [Int64] {
                #expect(line(read, of: 1000, count: 1_000_000, seconds: 3, width: width).count <= max(0, width - 1))
            }
        }
    }

    @Test func noBarWithoutATerminal() throws {
        let pipe = Pipe()
        #expect(ProgressBar(counting: "lines", descriptor: pipe.fileHandleForWriting.fileDescriptor) == nil)
    }
}
