import TestSupport
import Testing

extension BrowserTests.ChatPageTests {
    @Test(
        "As far as one scrolls, each message once and in order, and few of them in the document; new ones do not move the reader")
    func scrolling() async throws {
        let said = (1...420).map { "message \($0)" }
        try await send(said, from: "quin", to: "rae")
        try await withPage(of: .shared) { page in
            try await enter("rae", with: "quin", on: page)
            try await page.wait("[...byId('messages').querySelectorAll('.words')].at(-1)?.textContent === 'message 420'")
            #expect(try await page.evaluate("(log => log.scrollHeight - log.scrollTop - log.clientHeight < 5)(byId('log'))"))
            #expect(try await texts(on: page).count < 200)

            try await page.wait(
                """
                (byId("log").scrollTop = 0, byId("older").textContent === "The conversation begins here."
                    && byId("messages").querySelector(".words").textContent === "message 1")
                """)
            let shown = try await texts(on: page)
            #expect(shown == Array(said.prefix(shown.count)))
            #expect(shown.count <= 300)

            // Somebody goes on writing.
            try await page.wait("(byId('log').scrollTop = 5000, true)")
            let place = "Math.round([...byId('messages').querySelectorAll('.message')][60].getBoundingClientRect().top)"
            let before: Int = try await page.evaluate(place)
            try await send(["came later"], from: "quin", to: "rae")
            try await page.wait(for: "↓ 1 new", in: "newest")
            #expect(try await page.evaluate(place, as: Int.self) == before)
            #expect(try await texts(on: page).last != "came later")

            // Down again, by hand.
            try await page.wait(
                """
                (byId("log").scrollTop = byId("log").scrollHeight,
                    [...byId("messages").querySelectorAll(".words")].at(-1)?.textContent === "came later")
                """)
            let end = try await texts(on: page)
            #expect(end == Array((said + ["came later"]).suffix(end.count)))
            #expect(end.count <= 300)
            try await page.wait("byId('newest').hidden && document.title.startsWith('chat')")

            // And by the button.
            try await page.wait("(byId('log').scrollTop = 0, !byId('newest').hidden)")
            try await page.click("#newest")
            try await page.wait(
                "byId('newest').hidden && [...byId('messages').querySelectorAll('.words')].at(-1)?.textContent === 'came later'")
            #expect(try await page.focused == "log")
        }
    }

    @Test("Two windows of one user show the same, also what is read")
    func windows() async throws {
        try await send(["one", "two"], from: "sol", to: "tim")
        try await withPage(of: .shared) { first in
            try await withPage(of: .shared) { second in
                try await enter("tim", on: first)
                try await enter("tim", on: second)
                for page in [first, second] { try await page.wait("document.title.startsWith('(2) ')") }
                try await open("user/sol", on: first)
                try await waitForTexts(["one", "two"], on: first)
                try await second.wait("document.title.startsWith('chat')")
                #expect(try await second.evaluate("byId('conversations').querySelector('.count').hidden"))

                try await open("user/sol", on: second)
                try await write("from the first", on: first)
                try await waitForTexts(["one", "two", "from the first"], on: second)
                try await write("from the second", on: second)
                try await waitForTexts(["one", "two", "from the first", "from the second"], on: first)
                #expect(try await first.evaluate("byId('messages').querySelectorAll('.mine').length === 2"))
            }
        }
    }

    @Test("A group: made, talked in, members added and removed, left")
    func group() async throws {
        try await withPage(of: .shared) { uma in
            try await withPage(of: .shared) { vic in
                try await uma.look(.desktopByDay)
                try await vic.look(.desktopByDay)
                try await enter("uma", on: uma)
                try await enter("vic", on: vic)
                try await uma.click("#new-group")
                try await uma.wait("byId('with-group').open")
                try await uma.type("crew", into: "#group-form [name=group]")
                try await uma.type("vic\nwes", into: "#group-form [name=members]")
                try await uma.click("#group-form .primary")
                try await uma.wait(for: "crew", in: "room-title")
                try await uma.wait(for: "3 members, 2 online", in: "group-summary")
                try await write("welcome", on: uma)
                try await vic.wait("byId('conversations').textContent.includes('uma: welcome')")
                try await waitForState("✓ received by 1 of 2", on: uma)
                try await open("group/crew", on: vic)
                try await waitForTexts(["welcome"], on: vic)
                try await waitForState("✓✓ read by 1 of 2", on: uma)
                #expect(try await vic.evaluate("byId('messages').querySelector('.author').textContent") == "uma")
                #expect(try await vic.evaluate("byId('add-member').hidden"))

                // The same name again.
                try await vic.click("#new-group")
                try await vic.type("crew", into: "#group-form [name=group]")
                try await vic.click("#group-form .primary")
                try await vic.wait("byId('group-form-problem').textContent !== ''")
                try await vic.click("#group-form [type=button]")

                try await uma.click("#group-summary")
                try await uma.type("xia", into: "#add-member [name=user]")
                try await uma.pressEnter()
                try await uma.wait("byId('members').children.length === 4")
                try await uma.click("#members [aria-label='Remove wes']")
                try await uma.wait("byId('question').open")
                try await uma.click("#question-action")
                try await uma.wait("byId('members').children.length === 3")

                try await vic.click("#group-summary")
                try await vic.click("#leave")
                try await vic.wait("byId('question').open")
                try await vic.click("#question-action")
                try await vic.wait("byId('conversations').children.length === 0 && location.hash === '#/'")
                try await write("without vic", on: uma)
                try await waitForTexts(["welcome", "without vic"], on: uma)
                try await waitForState("✓ sent", on: uma)
            }
        }
    }

    @Test("Somebody to write to is asked for by name; a conversation with oneself is of notes")
    func beginning() async throws {
        try await withPage(of: .shared) { page in
            try await page.look(.phoneInTheDark)
            try await enter("yan", on: page)
            try await page.wait("byId('list-words').textContent.startsWith('No conversations yet.')")
            try await page.click("#new-message")
            try await page.wait("byId('with-person').open")
            try await page.type("yan", into: "#person-form [name=user]")
            try await page.pressEnter()
            try await page.wait(for: "notes to yourself", in: "room-presence")
            try await write("remember", on: page)
            try await waitForTexts(["remember"], on: page)
            try await waitForState("✓ sent", on: page)
            try await page.open("/#/user/yan")
            try await waitForTexts(["remember"], on: page)
            // A draft outlives the window's reload.
            try await page.type("half", into: "#compose textarea")
            try await page.open("/#/user/yan")
            try await page.wait("byId('compose').elements.text.value === 'half'")
            #expect(try await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
        }
    }
}
