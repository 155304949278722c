import TestSupport
import Testing

extension BrowserTests {
    @Suite("The page of the news feed", .service(.newsFeed))
    struct NewsFeedPageTests {
        struct Accepted: Decodable { let id: String }

        /// Posts past the page.
        @discardableResult
        func post(_ text: String, media: [String] = [], as user: String, on service: RunningService? = nil) async throws -> String
        {
            struct Body: Encodable { let text: String, mediaUrls: [String] }
            let reply = try await (service ?? .shared).request(
                "POST", "/v1/posts", headers: [("Content-Type", "application/json"), ("X-User-ID", user)],
                body: json(Body(text: text, mediaUrls: media)))
            guard reply.status == 202 else { throw UnexpectedReply(reply) }
            return try reply.json(Accepted.self).id
        }

        func follow(_ author: String, as user: String) async throws {
            let reply = try await RunningService.shared.request(
                "PUT", "/v1/users/\(user)/following/\(author)", headers: [("X-User-ID", user)])
            guard reply.status == 204 else { throw UnexpectedReply(reply) }
        }

        func signIn(_ name: String, on page: BrowserPage) async throws {
            try await page.click("#sign-in")
            try await page.wait("byId('identity').open")
            try await page.type(name, into: "#user")
            try await page.pressEnter()
            try await page.wait(for: "Write a post as \(name)", in: "post-title")
            try await page.wait(for: "● live", in: "live")
        }

        func write(_ text: String, on page: BrowserPage) async throws {
            try await page.type(text, into: "#post [name=text]")
            try await page.click("#post .primary")
        }

        /// The texts of the posts that are shown, newest first.
        func texts(on page: BrowserPage, in list: String = "feed") async throws -> [String] {
            try await page.evaluate("[...byId('\(list)').querySelectorAll('.words')].map(node => node.textContent)")
        }

        @Test("One follows, another posts: it is announced, and shown when asked for; liked, commented on, deleted")
        func announcement() async throws {
            try await withPage(of: .shared) { ann in
                try await withPage(of: .shared) { ben in
                    try await ann.open()
                    try await signIn("ann", on: ann)
                    try await ann.wait("byId('feed').parentElement.textContent.includes('Nothing here yet')")
                    try await ann.type("ben", into: "#follow [name=name]")
                    try await ann.pressEnter()
                    try await ann.wait(for: "You follow ben now.", in: "follow-spoken")
                    try await write("of ann herself", on: ann)
                    try await ann.wait("byId('feed').querySelectorAll('article').length === 1")

                    try await ben.look(.phoneInTheDark)
                    try await ben.open()
                    try await signIn("ben", on: ben)
                    try await write("first of ben", on: ben)
                    try await ben.wait("byId('feed').querySelectorAll('article').length === 1")
                    #expect(try await ben.evaluate("byId('post').elements.text.value") == "")

                    try await ann.wait(for: "1 new post", in: "news")
                    #expect(try await texts(on: ann) == ["of ann herself"])
                    #expect(try await ann.evaluate("document.title.startsWith('(1) ')"))
                    try await ann.click("#news")
                    try await ann.wait("byId('feed').querySelectorAll('article').length === 2 && byId('news').hidden")
                    #expect(try await texts(on: ann) == ["first of ben", "of ann herself"])
                    #expect(try await ann.evaluate("document.activeElement === byId('feed').firstElementChild"))

                    try await ann.click("#feed article:first-child [aria-pressed]")
                    try await ann.wait("byId('feed').querySelector('[aria-pressed=true]').textContent.endsWith(' 1')")
                    try await ann.click("#feed article:first-child [aria-expanded]")
                    try await ann.type("well said", into: "#feed .comments textarea")
                    try await ann.click("#feed .comments button:not([type])")
                    try await ann.wait("byId('feed').querySelector('.comments .words')?.textContent === 'well said'")
                    #expect(try await ann.evaluate("byId('feed').querySelector('[aria-expanded]').textContent") == "1 comment")

                    try await ben.open("/#/users/ben")
                    try await ben.wait(
                        """
                        (post => post?.querySelector("[aria-pressed=false]").textContent.endsWith(" 1")
                            && post.querySelector("[aria-expanded]").textContent === "1 comment")
                        (byId("of-person").querySelector("article"))
                        """)
                    #expect(try await ben.evaluate("document.documentElement.scrollWidth <= innerWidth"))
                    try await ben.click("#of-person .doings button:last-child")
                    try await ben.wait("byId('question').open")
                    try await ben.click("#question-action")
                    try await ben.wait("byId('person').textContent.includes('Nothing posted yet.')")
                    try await ann.open()
                    try await ann.wait("byId('feed').querySelectorAll('article').length === 1")
                    #expect(try await texts(on: ann) == ["of ann herself"])
                }
            }
        }

        @Test("As far as one scrolls, each post once and in order, also while new ones come")
        func scrolling() async throws {
            try await follow("cem", as: "dee")
            for number in 1...65 { try await post("post \(number)", as: "cem") }
            try await withPage(of: .shared) { page in
                try await page.open()
                try await signIn("dee", on: page)
                try await page.wait("byId('feed').children.length >= 20")
                try await post("came later", as: "cem")
                try await page.wait(for: "1 new post", in: "news")
                try await page.wait(
                    "(scrollTo(0, document.body.scrollHeight), byId('home').textContent.includes('That is all.'))")
                #expect(try await texts(on: page) == (1...65).reversed().map { "post \($0)" })

                try await page.click("#news")
                try await page.wait("byId('feed').firstElementChild.textContent.includes('came later')")
                try await page.wait(
                    "(scrollTo(0, document.body.scrollHeight), byId('home').textContent.includes('That is all.'))")
                #expect(try await texts(on: page) == ["came later"] + (1...65).reversed().map { "post \($0)" })
            }
        }

        @Test("People: somebody's page, whom one follows and who follows, and people to try")
        func people() async throws {
            try await withPage(of: .shared) { page in
                try await page.look(.desktopByDay)
                try await page.open()
                try await signIn("eve", on: page)
                try await page.click("#demonstrate")
                try await page.wait("byId('to-try').children.length === 4")
                try await page.click("#to-try button")
                try await page.wait("byId('feed').querySelectorAll('article').length === 3")
                #expect(try await page.evaluate("byId('to-try').querySelector('button').textContent") == "Unfollow")

                try await write("hello", on: page)
                // All four have read, so all four have a timeline.
                try await page.wait(for: "4", in: "brought")
                try await page.wait(for: "of 4 followers", in: "brought-note")
                #expect(try await page.evaluate("/^([0-9.,]+ ms|at once)$/.test(byId('announced').textContent)"))
                #expect(try await page.evaluate("byId('timelines').classList.contains('lit')"))

                try await page.click("#my-followers")
                try await page.wait("byId('of-person').children.length === 4 && byId('home').hidden")
                #expect(try await page.text("person-name") == "eve")
                try await page.click("#of-person a.author")
                try await page.wait("byId('person-name').textContent.startsWith('demo-')")
                try await page.click("#tab-following")
                try await page.wait("byId('of-person').textContent.startsWith('eve')")
                try await page.open("/#/users/demo-ann")
                try await page.wait("byId('person-follow').textContent === 'Unfollow'")
                try await page.click("#person-follow button")
                try await page.wait("byId('person-follow').textContent === 'Follow'")
                try await page.click("#person a[href='#/']")
                try await page.wait("!byId('news').hidden")
                try await page.click("#news")
                try await page.wait("byId('feed').querySelectorAll('article').length === 1")
                #expect(try await texts(on: page) == ["hello"])
            }
        }
    }
}
