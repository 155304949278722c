import TestSupport
import Testing

extension BrowserTests.URLShortenerPageTests {
    @Test("A preview shows a hostile address as text")
    func preview() async throws {
        let hostile = "https://example.org/?<script>alert(1)</script>{{host}}"
        let id = try await shorten(#"{"url":"\#(hostile)"}"#)
        try await withPage(of: .shared) { page in
            try await page.open("/\(id)/preview")
            #expect(try await page.evaluate("document.querySelector('.headline').innerText") == "example.org")
            #expect(try await page.evaluate("document.querySelector('dd').innerText") == hostile)
            #expect(try await page.evaluate("document.scripts.length + document.images.length") == 0)
            #expect(try await page.evaluate("document.querySelector('main a').getAttribute('href')") == "/\(id)")
            #expect(try await page.evaluate("getComputedStyle(document.querySelector('section')).borderRadius") != "0px")
        }
    }

    @Test("What a stranger might slip into the page does not run")
    func contentSecurityPolicy() async throws {
        try await withAnyPage(of: .shared) { page in
            try await page.open()
            try await page.wait(
                """
                (() => { document.body.insertAdjacentHTML("beforeend", "<img id=slipped src=data: onerror='document.title = 1'>");
                    return true })()
                """)
            try await eventually("it is stopped", within: .seconds(60)) {
                page.complaints.contains { $0.hasPrefix("security:") && $0.contains("Content Security Policy") }
            }
            #expect(try await page.evaluate("document.title", as: String.self).hasPrefix("url-shortener"))
        }
    }
}
