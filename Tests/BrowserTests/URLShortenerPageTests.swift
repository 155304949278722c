import TestSupport
import Testing

extension BrowserTests {
    @Suite(
        "The page of the URL shortener",
        .service(
            .urlShortener, "--create-limit", "off", "--country-header", "CF-IPCountry", environment: ["ADMIN_TOKEN": "secret"]))
    struct URLShortenerPageTests {
        struct Created: Decodable { let id: String }

        /// Creates a link past the page.
        func shorten(_ body: String, as user: String? = nil) async throws -> String {
            let headers = [("Content-Type", "application/json")] + (user.map { [("X-User-ID", $0)] } ?? [])
            let reply = try await RunningService.shared.request("POST", "/shorten", headers: headers, body: body)
            guard reply.status == 201 else { throw UnexpectedReply(reply) }
            return try reply.json(Created.self).id
        }

        @Test("With the keyboard alone, on a phone: a link is made, its QR code is there, and it is copied")
        func keyboard() async throws {
            try await withPage(of: .shared) { page in
                try await page.look(.phoneInTheDark)
                try await page.open()
                try await page.wait(for: "● ready", in: "health")
                try await page.type("https://example.org/way?x=1#y", into: "#shorten [name=url]")
                try await page.pressEnter()
                try await page.wait("byId('qr').naturalWidth > 0")
                let shortURL = try await page.text("short-url")
                #expect(shortURL.hasPrefix(page.address + "/") && shortURL.count > page.address.count + 1)
                #expect(try await page.evaluate("byId('qr').src") == shortURL + "/qr.svg")
                let picture: String = try await page.evaluate("fetch(byId('qr').src).then(answer => answer.text())")
                #expect(picture.contains(">\(shortURL)</title>"))
                #expect(try await page.text("long-url") == "https://example.org/way?x=1#y")
                #expect(try await page.text("link-spoken").contains(shortURL))
                #expect(try await page.focused == "copy-short-url")
                try await page.pressEnter()
                try await page.wait(for: "Copied", in: "copy-short-url")
                #expect(try await page.evaluate("navigator.clipboard.readText()") == shortURL)
                #expect(try await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
            }
        }

        @Test("What is wrong is said, and the field that it is about has the focus")
        func refusals() async throws {
            try await withPage(of: .shared) { page in
                try await page.open()
                try await page.wait(for: "● ready", in: "health")
                try await page.type("ftp://example.org/", into: "#shorten [name=url]")
                try await page.pressEnter()
                try await page.wait("document.querySelector('#shorten input:invalid').name === 'url'")
                #expect(try await page.text("shorten-problem") == "")

                try await page.type(page.address + "/loop", into: "#shorten [name=url]")
                try await page.pressEnter()
                try await page.wait("byId('shorten-problem').textContent.startsWith('url:')")
                #expect(try await page.focused == "url")

                try await page.type("https://example.org/", into: "#shorten [name=url]")
                try await page.type("health", into: "#shorten [name=alias]")
                try await page.click("#shorten button")
                try await page.wait("byId('shorten-problem').textContent.startsWith('alias:')")
                #expect(try await page.focused == "alias")
                #expect(try await page.evaluate("document.querySelector('#shorten [aria-invalid]').name") == "alias")
            }
        }

        @Test("Visits are shown as figures, as a chart, and by where they came from")
        func statistics() async throws {
            let id = try await shorten(#"{"url":"https://example.org/visited"}"#)
            try await withPage(of: .shared) { page in
                try await page.look(.desktopByDay)
                try await page.open("/#\(id)")
                try await page.wait(for: "0", in: "visits")
                #expect(try await page.evaluate("!byId('no-visits').hidden && byId('visited').hidden"))

                let person = [
                    ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
                    ("Referer", "https://news.example/item?id=1"), ("CF-IPCountry", "DE"),
                ]
                for headers in [person, person, person, [("User-Agent", "Googlebot/2.1")]] {
                    #expect(try await RunningService.shared.request("GET", "/\(id)", headers: headers).status == 302)
                }
                try await page.wait("byId('visits').textContent === '3' && byId('bot-visits').textContent === '1'")
                #expect(try await page.text("unique-visitors") == "1")
                let label: String = try await page.evaluate("byId('chart').getAttribute('aria-label')")
                #expect(label.hasPrefix("A bar for each of 30 days: 3 visits in all"))
                #expect(try await page.evaluate("document.querySelectorAll('#bars > g').length") == 30)
                #expect(try await page.evaluate("byId('chart').getBoundingClientRect().height > 100"))
                #expect(
                    try await page.evaluate("[...byId('by-day').rows].reduce((sum, row) => sum + +row.cells[1].textContent, 0)")
                        == 3)
                #expect(
                    try await page.evaluate("byId('referrers').innerText.split(/\\s+/)") == ["news.example", "3", "100", "%"])
                #expect(try await page.evaluate("byId('countries').innerText.split(/\\s+/)") == ["Germany", "3", "100", "%"])

                try await page.wait(
                    "(days => { days.value = 7; days.dispatchEvent(new Event('change')); return true })(byId('days'))")
                #expect(try await page.evaluate("document.querySelectorAll('#bars > g').length") == 7)
            }
        }

        @Test("A link that has expired says so to its owner, without a QR code; nobody else is told where it led")
        func expired() async throws {
            let id = try await shorten(#"{"url":"https://example.org/short-lived","expiresInSeconds":1}"#, as: "ben")
            try await eventually("it has expired", within: .seconds(60)) {
                try await RunningService.shared.request("GET", "/\(id)").status == 410
            }
            try await withPage(of: .shared) { page in
                try await page.open("/#\(id)")
                try await page.wait("document.body.innerText.includes('has ended')")
                #expect(try await page.evaluate("byId('link').hidden"))
                try await signIn("ben", on: page)
                try await page.open("/#\(id)")
                try await page.wait("!byId('link').hidden && byId('ends').textContent.includes('expired')")
                #expect(try await page.evaluate("byId('qr').hidden && byId('pass-on').hidden"))
            }
        }

        @Test("Too many links at once, and a service that goes away: both are said")
        func limitsAndLoss() async throws {
            try await withService(.urlShortener, ["--create-limit", "1/1h"]) { service in
                try await service.becomesReady()
                try await withPage(of: service) { page in
                    try await page.open()
                    try await page.type("https://example.org/1", into: "#shorten [name=url]")
                    try await page.pressEnter()
                    try await page.wait("byId('qr').naturalWidth > 0")
                    try await page.type("https://example.org/2", into: "#shorten [name=url]")
                    try await page.pressEnter()
                    try await page.wait("/^Too many .* Try again in \\d+ s\\.$/.test(byId('shorten-problem').textContent)")

                    service.program.signal(9)
                    try await page.wait(for: "✕ no answer", in: "health")
                    try await page.wait("byId('notice').textContent.startsWith('The server has been gone since')")
                    try await page.type("https://example.org/3", into: "#shorten [name=url]")
                    try await page.pressEnter()
                    try await page.wait(for: "The server is gone.", in: "shorten-problem")
                    #expect(try await page.evaluate("byId('qr').naturalWidth > 0"))
                }
            }
        }
    }
}
