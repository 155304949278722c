import TestSupport
import Testing

extension BrowserTests.URLShortenerPageTests {
    func signIn(_ name: String, on page: BrowserPage) async throws {
        try await page.click("#sign-in")
        try await page.wait("byId('identity').open")
        try await page.type(name, into: "#user")
        try await page.pressEnter()
        try await page.wait(for: "Links of \(name)", in: "links-title")
    }

    @Test("An owner sees his links listed, changes one and deletes it")
    func owner() async throws {
        let hostile = "https://example.org/?<img/src=x/onerror=document.title=1>"
        try await withPage(of: .shared) { page in
            try await page.look(.desktopByDay)
            try await page.open()
            try await signIn("ann", on: page)
            try await page.type(hostile, into: "#shorten [name=url]")
            try await page.type("page-of-ann", into: "#shorten [name=alias]")
            try await page.type("9", into: "#shorten [name=maxVisits]")
            try await page.click("#shorten button")
            try await page.wait("byId('links').rows.length === 1")
            #expect(try await page.text("ends") == "after 9 visits")
            #expect(try await page.evaluate("byId('links').innerText.includes('<img/src=x')"))
            try await page.wait(for: "0", in: "visits")

            try await page.click("#edit-link")
            try await page.wait("byId('edit').parentElement.open")
            try await page.type(page.address, into: "#edit [name=url]")
            try await page.pressEnter()
            try await page.wait("byId('edit-problem').textContent.startsWith('url:')")
            #expect(try await page.focused == "url")
            try await page.type("https://example.org/other", into: "#edit [name=url]")
            try await page.type("", into: "#edit [name=maxVisits]")
            try await page.pressEnter()
            try await page.wait(for: "https://example.org/other", in: "long-url")
            #expect(try await page.text("ends") == "never")

            try await page.open("/#page-of-ann")
            try await page.wait("byId('links').rows.length === 1 && !byId('link').hidden")
            try await page.click("#Delete-page-of-ann")
            try await page.wait("byId('question').open")
            try await page.click("#question-action")
            try await page.wait("byId('links').rows.length === 0 && byId('link').hidden")
            #expect(try await page.focused == "links-title")
            try await page.type("page-of-ann", into: "#look-up input")
            try await page.pressEnter()
            try await page.wait("byId('look-up-problem').textContent.includes('deleted')")
            #expect(try await page.evaluate("document.title", as: String.self).hasPrefix("url-shortener"))
        }
    }

    @Test("What only the owner sees, administration sees with its token")
    func administration() async throws {
        let id = try await shorten(#"{"url":"https://example.org/of-bob"}"#, as: "bob")
        let ended = try await shorten(#"{"url":"https://example.org/ended","expiresInSeconds":1}"#, as: "bob")
        try await eventually("it has expired", within: .seconds(60)) {
            try await RunningService.shared.request("GET", "/\(ended)").status == 410
        }
        try await withPage(of: .shared) { page in
            try await page.open("/#\(id)")
            try await page.wait("!byId('administration').hidden && byId('statistics').hidden")
            for token in ["guess", "secret"] {
                try await page.click("#use-token")
                try await page.wait("byId('question').open")
                try await page.type(token, into: "#token")
                try await page.pressEnter()
                try await page.wait("sessionStorage.token === '\(token)'")
            }
            try await page.wait("!byId('statistics').hidden && byId('administration').hidden")
            try await page.wait(for: "0", in: "visits")
            try await page.type(ended, into: "#look-up input")
            try await page.pressEnter()
            try await page.wait("byId('ends').textContent.includes('expired')")
        }
    }
}
