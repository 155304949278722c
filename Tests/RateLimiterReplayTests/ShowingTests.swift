import Foundation
import Testing

@testable import RateLimiterReplay

#if canImport(FoundationXML)
import FoundationXML
#endif

/// The report.
@Suite struct ShowingTests {
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
