import Foundation
import Testing

@testable import RateLimiterReplay

#if canImport(FoundationXML)
import FoundationXML
#endif

/// Numbers, the progress bar and the report.
@Suite struct ShowingTests {
    @Test func numbers() {
        #expect([0, 999, 1000, 1_234_567, -1234].map { ReplayFormat.count($0) } == ["0", "999", "1,000", "1,234,567", "-1,234"])
        #expect(ReplayFormat.count(1, "key") == "1 key")
        #expect(ReplayFormat.share(0, of: 10) == "0.00%")
        #expect(ReplayFormat.share(1, of: 1_000_000) == "0.01%")
        #expect(ReplayFormat.share(999_999, of: 1_000_000) == "99.99%")
        #expect(ReplayFormat.share(10, of: 10) == "100.00%")
        #expect(ReplayFormat.ratio(39, to: 20) == "1.95x")
        #expect(ReplayFormat.duration(microseconds: 299_159_000_000) == "3 d 11 h")
        #expect(ReplayFormat.duration(microseconds: 250_000) == "250 ms")
        #expect(ReplayFormat.duration(microseconds: 0) == "0 s")
        #expect(ReplayFormat.bytes(999) == "999 B")
        #expect(ReplayFormat.bytes(2_370_789) == "2.4 MB")
        #expect(ReplayFormat.bytes(999_999) == "1.0 MB")
    }

    @Test func textFromStrangersIsMadeVisible() {
        #expect("a\u{1b}[31m\u{202e}b".visible(limit: 20) == "a\\u{1b}[31m\\u{202e}b")
        #expect("ip\n/path".visible(limit: 20) == "ip + /path")
        #expect("abcdef".visible(limit: 3) == "abc…")
        #expect("abc".visible(limit: 3) == "abc")
    }

    @Test func theProgressBarFitsAndSaysHowFar() {
        let half = ReplayProgress(readBytes: 500, totalBytes: 1000, lines: 6000)
        #expect(
            ProgressBar.line(half, elapsed: .seconds(60), width: 80)
                == String(repeating: "█", count: 20) + String(repeating: "░", count: 20) + "  50%  100 lines/s  1:00 left")
        #expect(
            ProgressBar.line(.init(readBytes: 2000, totalBytes: nil, lines: 10), elapsed: .seconds(1), width: 80)
                == "2.0 kB  10 lines/s")
        for width in 0..<120 {
            for read in [0, 1, 999, 1000, 2000] as [Int64] {
                let progress = ReplayProgress(readBytes: read, totalBytes: 1000, lines: 1_000_000)
                #expect(ProgressBar.line(progress, elapsed: .seconds(3), width: width).count <= max(0, width - 1))
            }
        }
    }

    @Test func noBarWithoutATerminal() throws {
        let pipe = Pipe()
        #expect(ProgressBar(descriptor: pipe.fileHandleForWriting.fileDescriptor) == nil)
    }

    @Test func theReportIsWellFormedAndStandsAlone() async throws {
        let log = try TemporaryLog(
            (0..<600).map { TemporaryLog.line(second: $0 / 2, agent: "<i>'&amp;\\\"") } + ["]]> <!-- & garbage"])
        let result = try await replay(log.path, "10/30s", by: "agent")
        let report = ReplayReport.render(result)
        let parts = ["<caption>", "<desc", "prefers-color-scheme: dark", "stroke-dasharray", "]]&gt; &lt;!-- &amp; garbage"]
        for part in parts {
            #expect(report.contains(part), "\(part)")
        }
        for forbidden in ["<script", "<i>", "src=", "href=", "url("] { #expect(!report.contains(forbidden), "\(forbidden)") }
        // But for its void elements it is XML too, so that a parser can say whether every element is closed.
        let xml = report.replacing("<!DOCTYPE html>\n", with: "").replacing(/<meta [^>]*>/, with: "")
        let parser = XMLParser(data: Data(xml.utf8))
        #expect(parser.parse(), "line \(parser.lineNumber): \(parser.parserError.map(String.init(describing:)) ?? "")")
    }

    @Test func oneRequestIsEnoughForAReport() async throws {
        let log = try TemporaryLog([TemporaryLog.line(second: 1)])
        let result = try await replay(log.path, "100000/366d")
        #expect(ReplayReport.render(result).contains("Nothing was refused."))
        #expect(ReplayTable.render(result).contains("1 request, 1 key"))
    }
}
