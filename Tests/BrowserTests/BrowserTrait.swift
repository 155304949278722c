import Foundation
import TestSupport
import Testing

/// Gives a suite one browser that all of its tests share.
struct BrowserTrait: SuiteTrait, TestScoping {
    private struct Version: Decodable { let product: String }

    func provideScope(for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void) async throws {
        let executable = try #require(await Browser.executable)
        try await withTemporaryFolder { folder in
            let browser = try Browser(executable, in: folder)
            do {
                do {
                    _ = try await browser.devTools.call("Browser.getVersion", [String: String](), as: Version.self)
                } catch {
                    let errors = (try? String(contentsOfFile: folder + "/errors", encoding: .utf8)) ?? ""
                    throw DevTools.Failure(description: "\(executable) did not start: \(error)\n\(errors)")
                }
                try await Browser.$ofSuite.withValue(browser) { try await function() }
                await browser.end()
            } catch {
                await browser.end()
                throw error
            }
        }
    }
}

extension Trait where Self == BrowserTrait {
    static var browser: Self { BrowserTrait() }
}

extension Browser {
    @TaskLocal fileprivate static var ofSuite: Browser?

    /// The browser of the suite that runs.
    static var shared: Browser {
        get throws { try #require(ofSuite, "the suite lacks the trait .browser") }
    }
}
