import Foundation
import Testing

@testable import NewsFeedComparison

#if canImport(FoundationXML)
import FoundationXML
#endif

@Suite("Table, report and figures")
struct ShowingTests {
    private let outcomes = [
        outcome(.push, cpuPerPost: 500, cpuPerRead: 60), outcome(.pull, cpuPerPost: 100, cpuPerRead: 120),
        outcome(.hybrid(threshold: 10), cpuPerPost: 150, cpuPerRead: 100),
        outcome(.hybrid(threshold: 100), cpuPerPost: 200, cpuPerRead: 65),
        outcome(.pairwise, cpuPerPost: 160, cpuPerRead: 62),
    ]

    @Test("The figures have the form that the contract states")
    func json() throws {
        let data = try JSONEncoder().encode(comparison(outcomes, isSynthetic: true))
        let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let graph = try #require(root["graph"] as? [String: Any])
        #expect(graph["synthetic"] as? Bool == true && graph["users"] as? Int == 200)
        let results = try #require(root["results"] as? [[String: Any]])
        #expect(results.map { $0["strategy"] as? String } == ["push", "pull", "hybrid", "hybrid", "pairwise"])
        #expect(results.map { $0["threshold"] as? Int } == [nil, nil, 10, 100, nil])
        for result in results {
            #expect(result.keys.contains("threshold"))
            for member in ["writesPerPost", "commandsPerPost", "bytesPerPost", "memoryBytes"] {
                #expect(result[member] is NSNumber, "\(member)")
            }
            for member in ["visibleMs", "readMs"] {
                let percentiles = try #require(result[member] as? [String: Any])
                #expect(percentiles["p50"] as? Double == 1 && percentiles["p99"] as? Double == 1)
            }
        }
        let recommendation = try #require(root["recommendation"] as? [String: Any])
        #expect(recommendation["strategy"] as? String == "hybrid" && recommendation["threshold"] as? Int == 100)
        #expect((recommendation["reason"] as? String)?.isEmpty == false)
        #expect(recommendation["crossingThreshold"] as? Double != nil)
    }

    @Test("The table marks what is recommended, and says what is synthetic")
    func table() {
        let table = ComparisonTable.render(comparison(outcomes, isSynthetic: true))
        #expect(table.contains("graph.txt (synthetic"))
        #expect(table.contains("\n* hybrid 100  ") && table.contains("\n  push  "))
        #expect(table.contains("Recommended: hybrid, threshold 100."))
        #expect(!ComparisonTable.render(comparison(outcomes)).contains("synthetic"))
        #expect(ComparisonTable.render(comparison(outcomes, samePages: false)).contains("Warning"))
    }

    @Test("The report is well formed, stands alone, and shows whatever is in a name", arguments: [false, true])
    func report(isSynthetic: Bool) {
        let result = comparison(outcomes, name: "<i>'&amp;\"\u{202e}", isSynthetic: isSynthetic, samePages: !isSynthetic)
        expectWellFormed(ComparisonReport.render(result))
        let page = ComparisonReport.render(result)
        #expect(page.contains("<strong>Synthetic.</strong>") == isSynthetic)
        #expect(page.contains("did not all show the same pages") == isSynthetic)
        for part in ["recommended: hybrid 100", "they cross near", "<caption>", "<desc", "(recommended)"] {
            #expect(page.contains(part), "\(part)")
        }
        for forbidden in ["<script", "<i>", "src=", "href=", "url("] { #expect(!page.contains(forbidden), "\(forbidden)") }
    }

    @Test("One strategy is enough", arguments: [ComparedStrategy.push, .pull, .hybrid(threshold: 1), .pairwise])
    func oneStrategy(strategy: ComparedStrategy) {
        let result = comparison([outcome(strategy, cpuPerPost: 0, cpuPerRead: 0)])
        expectWellFormed(ComparisonReport.render(result))
        #expect(ComparisonTable.render(result).contains("Recommended: \(ComparisonTable.title(of: strategy))."))
    }

    @Test("Curves that cost nothing, or less than nothing, can be drawn")
    func flat() {
        let flat = [outcome(.push, cpuPerPost: 0, cpuPerRead: 0), outcome(.pull, cpuPerPost: 0, cpuPerRead: 0)]
        expectWellFormed(ComparisonReport.render(comparison(flat)))
        let noisy = [outcome(.push, cpuPerPost: 100, cpuPerRead: 51), outcome(.pull, cpuPerPost: 101, cpuPerRead: 50)]
        expectWellFormed(ComparisonReport.render(comparison(noisy)))
    }

    /// But for its void elements it is XML too, so that a parser can say whether every element is closed.
    private func expectWellFormed(_ page: String) {
        let xml = page.replacing("<!DOCTYPE html>\n", with: "").replacing(/<meta [^>]*>/, with: "")
        let parser = XMLParser(data: Data(xml.utf8))
        #expect(parser.parse(), "line \(parser.lineNumber): \(parser.parserError.map(String.init(describing:)) ?? "")")
        #expect(!page.contains("nan") && !page.contains("inf\""))
    }
}
