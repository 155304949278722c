import Foundation
import TestSupport
import Testing

extension BrowserTests.NewsFeedPageTests {
    func json(_ body: some Encodable) throws -> String { String(decoding: try JSONEncoder().encode(body), as: UTF8.self) }

    @Test("What is typed is kept and posted once; what is wrong is said")
    func drafts() async throws {
        try await withPage(of: .shared) { page in
            try await page.open()
            try await page.type("kept 🦆", into: "#post [name=text]")
            try await page.open()
            #expect(try await page.evaluate("byId('post').elements.text.value") == "kept 🦆")
            #expect(try await page.text("text-count") == "6 of 4,000 characters")

            // Nobody yet: it asks who, and posts.
            try await page.type("ftp://example.org/", into: "#post [name=mediaUrls]")
            try await page.click("#post .primary")
            try await page.wait("byId('identity').open")
            try await page.type("fay", into: "#user")
            try await page.pressEnter()
            try await page.wait("byId('post-problem').textContent.startsWith('mediaUrls:')")
            #expect(try await page.focused == "mediaUrls")
            #expect(try await texts(on: page) == [])

            try await page.type("https://example.org/", into: "#post [name=mediaUrls]")
            try await page.wait("(byId('post').requestSubmit(), byId('post').requestSubmit(), true)")
            try await page.wait(
                "byId('feed').querySelectorAll('article').length === 1 && byId('post-problem').textContent === ''")
            try await page.open()
            try await page.wait("byId('home').textContent.includes('That is all.')")
            #expect(try await texts(on: page) == ["kept 🦆"])
            #expect(try await page.evaluate("byId('post').elements.text.value") == "")

            try await page.type(String(repeating: "🦆", count: 4001), into: "#post [name=text]")
            #expect(try await page.evaluate("!byId('post').elements.text.validity.valid"))
            #expect(try await page.text("text-count") == "4,001 of 4,000 characters")
        }
    }

    @Test("Hostile text is text, on a phone as well; a stranger's picture is not fetched unasked")
    func hostility() async throws {
        let hostile = [
            "<img src=x onerror=document.title=1><script>document.title=1</script>", "\u{202E}backwards\u{202C} and مرحبا",
            String(repeating: "🦆", count: 4000), String(repeating: "w", count: 4000), "line\nby\nline",
        ]
        let author = "<b>" + String(repeating: "name", count: 60) + "</b>"
        for text in hostile { try await post(text, media: ["https://pictures.example/" + text.prefix(1) + ".png"], as: author) }
        let path = author.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        try await withPage(of: .shared) { page in
            try await page.look(.phoneInTheDark)
            try await page.open("/#/users/\(path)")
            try await signIn("gus", on: page)
            try await page.wait("byId('of-person').children.length === 5")
            #expect(try await texts(on: page, in: "of-person") == hostile.reversed())
            #expect(try await page.text("person-name") == author)
            #expect(try await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
            #expect(
                try await page.evaluate(
                    "document.images.length === 0 && document.querySelectorAll('main script, main b').length === 0"))
            #expect(try await page.evaluate("document.title", as: String.self).hasSuffix("news-feed · Groundwork"))
            #expect(
                try await page.evaluate(
                    "[...byId('of-person').querySelectorAll('.media a')].every(link => link.rel === 'noreferrer' && link.protocol === 'https:')"
                ))
        }
    }

    @Test("A picture is fetched when somebody asks for it, without saying from where")
    func pictures() async throws {
        // Nothing listens there.
        try await post("look", media: ["http://127.0.0.1:9/picture.png"], as: "hal")
        try await withAnyPage(of: .shared) { page in
            try await page.open("/#/users/hal")
            try await signIn("ida", on: page)
            try await page.wait("byId('of-person').children.length === 1")
            #expect(!page.requests.contains { $0.contains("picture.png") })
            try await page.click("#of-person .media button")
            try await page.wait("byId('of-person').textContent.includes('There is no picture to be had from 127.0.0.1:9')")
            #expect(page.requests.contains("http://127.0.0.1:9/picture.png"))
            #expect(!page.complaints.contains { $0.contains("Content Security Policy") })
        }
    }

    @Test("The server goes and comes back under the reader's eyes: nothing typed is lost, and what was missed is announced")
    func restart() async throws {
        try await withTemporaryFolder { folder in
            try await withService(.newsFeed, dataDirectory: folder) { first in
                try await eventually("ready", within: .seconds(20)) { try await first.isReady() }
                try await withPage(of: first) { page in
                    try await page.open()
                    try await signIn("joe", on: page)
                    try await write("before", on: page)
                    try await page.wait("byId('feed').querySelectorAll('article').length === 1")

                    // While the server takes its time, the page does not.
                    first.program.signal(19)
                    try await write("slowly", on: page)
                    try await page.click("#feed [aria-pressed]")
                    try await page.wait("byId('pending').textContent.includes('sending…')")
                    #expect(try await texts(on: page, in: "pending") == ["slowly"])
                    try await page.wait("byId('feed').querySelector('[aria-pressed=true]').textContent.endsWith(' 1')")
                    first.program.signal(18)
                    try await page.wait("byId('feed').querySelectorAll('article').length === 2 && !byId('pending').firstChild")
                    #expect(try await texts(on: page) == ["slowly", "before"])
                    try await page.wait("byId('feed').querySelectorAll('[aria-pressed=true]').length === 1")

                    first.program.signal(15)
                    try await page.wait(for: "◌ connecting…", in: "live")
                    try await page.wait(for: "✕ no answer", in: "health")
                    try await write("meanwhile", on: page)
                    try await page.wait("byId('post-problem').textContent.startsWith('The server is gone.')")
                    try await page.click("#feed [aria-pressed]")
                    try await page.wait("byId('feed').querySelector('[role=alert]').textContent === 'The server is gone.'")
                    #expect(try await page.evaluate("byId('feed').querySelector('[aria-pressed]').ariaPressed") == "false")
                    try await eventually("it has ended", within: .seconds(60)) { first.program.ended != nil }
                    try await page.setOffline(true)

                    try await withService(.newsFeed, ["--port", "\(first.port)"], dataDirectory: folder) { second in
                        try await eventually("ready", within: .seconds(60)) { try await second.isReady() }
                        // Announced while it cannot hear it.
                        try await post("from elsewhere", as: "joe", on: second)
                        try await eventually("it is announced", within: .seconds(60)) {
                            try await second.request("GET", "/health/ready").text.contains(#""waiting":0"#)
                        }
                        try await page.setOffline(false)
                        try await page.wait(for: "● live", in: "live")
                        try await page.wait(for: "1 new post", in: "news")
                        #expect(try await page.evaluate("byId('post').elements.text.value") == "meanwhile")
                        try await page.click("#post .primary")
                        try await page.wait("byId('feed').querySelectorAll('article').length === 3")
                        try await page.click("#news")
                        try await page.wait("byId('feed').querySelectorAll('article').length === 4")
                        #expect(try await texts(on: page) == ["meanwhile", "from elsewhere", "slowly", "before"])
                    }
                }
            }
        }
    }
}
