import Foundation
import TestSupport
import Testing

extension BrowserTests.ChatPageTests {
    /// A frame with a recipient that is a user.
    func json(_ fields: [String: String], to user: String) throws -> String {
        let fields = String(decoding: try JSONEncoder().encode(fields), as: UTF8.self)
        return fields.dropLast() + #","to":{"user":"\#(user)"}}"#
    }

    @Test("The server goes and comes back under their eyes: what was written meanwhile arrives once, in order")
    func restart() async throws {
        try await withTemporaryFolder { folder in
            try await withService(.chat, dataDirectory: folder) { first in
                try await eventually("ready", within: .seconds(20)) { try await first.isReady() }
                try await withPage(of: first) { joe in
                    try await withPage(of: first) { kim in
                        try await enter("joe", with: "kim", on: joe)
                        try await enter("kim", with: "joe", on: kim)
                        try await write("before", on: joe)
                        try await waitForTexts(["before"], on: kim)
                        try await waitForState("✓✓ read", on: joe)

                        // While the server takes its time, the page does not.
                        first.program.signal(SIGSTOP)
                        try await write("slowly", on: joe)
                        try await waitForTexts(["before", "slowly"], on: joe)
                        try await waitForState("◌ sending…", on: joe)
                        first.program.signal(SIGCONT)
                        try await waitForState("✓✓ read", on: joe)

                        first.program.signal(SIGTERM)
                        try await joe.wait("byId('connection').textContent.startsWith('The connection has ended')")
                        try await joe.wait("byId('room-presence').textContent.startsWith('not known')")
                        try await write("one", on: joe)
                        try await write("two", on: joe)
                        try await waitForState("◌ waits for the connection", on: joe)
                        try await joe.type("half a sent", into: "#compose textarea")
                        try await kim.wait("byId('connection').textContent.startsWith('The connection has ended')")
                        try await write("of kim", on: kim)
                        try await eventually("it has ended", within: .seconds(60)) { first.program.ended != nil }

                        try await withService(.chat, ["--port", "\(first.port)"], dataDirectory: folder) { second in
                            try await joe.wait(for: "● live", in: "live")
                            try await kim.wait(for: "● live", in: "live")
                            try await joe.wait("byId('messages').querySelectorAll('.words').length === 5")
                            try await waitForState("✓✓ read", on: joe)
                            let shown = try await texts(on: joe)
                            #expect(shown.filter { $0 != "of kim" } == ["before", "slowly", "one", "two"])
                            #expect(shown.filter { $0 == "of kim" }.count == 1)
                            try await waitForTexts(shown, on: kim)
                            #expect(try await joe.evaluate("byId('compose').elements.text.value") == "half a sent")
                            #expect(try await joe.evaluate("localStorage.length === 0"))
                            #expect(try await joe.text("connection") == "")
                            #expect(try await joe.text("room-news") == "")
                            try await joe.wait(for: "online", in: "room-presence")
                        }
                    }
                }
            }
        }
    }

    @Test("What a window had not sent when it was closed is sent by the next one, as one message")
    func outbox() async throws {
        try await withPage(of: .shared) { page in
            try await enter("lea", on: page)
            let socket = try await WebSocketClient.connect(port: try RunningService.shared.port, "/v1/ws?user=lea")
            try await socket.send(json(["type": "send", "id": "twice", "text": "kept"], to: "mia"))
            try await page.wait("byId('conversations').textContent.includes('You: kept')")
            // One that has arrived without the browser's knowledge, one of last week, one never sent, and one that is none.
            try await page.wait(
                """
                (keep => (keep("twice", "kept", 1000, 1000), keep("old", "of last week", 6e8, 6e8), keep("new", "not sent yet", 900),
                    localStorage["chat-outbox/lea/broken"] = "{", true))
                ((id, text, ago, tried) => { localStorage[`chat-outbox/lea/${id}`] = JSON.stringify(
                    { id, to: { user: "mia" }, text, at: Date.now() - ago, triedAt: tried && Date.now() - tried }) })
                """)
            try await page.open("/#/user/mia")
            try await page.wait(for: "● live", in: "live")
            // What was sent days ago might double: that is for the writer to decide.
            try await waitForTexts(["kept", "not sent yet", "of last week"], on: page)
            try await waitForState("✕ It was sent a day ago, and nobody knows whether it arrived.", on: page)
            try await page.click("#messages .doings:not([hidden]) button:last-child")
            try await waitForTexts(["kept", "not sent yet"], on: page)
            try await waitForState("✓ sent", on: page)
            try await page.wait("localStorage.length === 0")
            try await socket.close(1000)
        }
    }

    @Test("Whatever is said, and by whomever, is text, and stays in its place")
    func hostility() async throws {
        let hostile = [
            #"<img src=x onerror="document.title='broken into'"><script>document.title = 1</script><b>bold</b>"#,
            "\u{202E}txet siht nrut\u{2066} مرحبا 🦆🦆 👩‍👩‍👧‍👦 e\u{301}\u{301}\u{301}", String(repeating: "A", count: 16_384),
            "line\n\n\n   and   spaces", String(repeating: "🦆", count: 4096),
        ]
        let author = "<b>nan</b>&amp;\u{202E}"
        let user = try #require(author.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
        try await send(hostile, from: user, to: "oda")
        try await withPage(of: .shared) { page in
            try await page.look(.phoneInTheDark)
            try await enter("oda", on: page)
            try await page.wait("byId('conversations').children.length === 1")
            #expect(try await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
            try await page.click("#conversations a")
            try await waitForTexts(hostile, on: page)
            #expect(try await page.text("room-title") == author)
            for looks in [BrowserPage.Looks.phoneInTheDark, .desktopByDay] {
                try await page.look(looks)
                #expect(try await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
                #expect(try await page.evaluate("byId('log').scrollWidth <= byId('log').clientWidth"))
                #expect(try await page.evaluate("document.documentElement.scrollHeight <= innerHeight"))
            }
            #expect(
                try await page.evaluate(
                    "document.images.length === 0 && document.querySelectorAll('main script, main b').length === 0"))
            #expect(try await page.evaluate("document.title", as: String.self).hasSuffix("chat · Groundwork"))

            // Too much is not sent, and not lost.
            let tooMuch = String(repeating: "🦆", count: 4097)
            try await write(tooMuch, on: page)
            try await page.wait(for: "At most 16,384 bytes: 4 too many.", in: "compose-problem")
            #expect(try await page.evaluate("byId('compose').elements.text.value") == tooMuch)
            try await write(String(repeating: "\u{1}\"", count: 8192), on: page)
            try await waitForState("✓ sent", on: page)
        }
    }

    @Test("Refused is said where it happens, and what was refused can be deleted")
    func refusal() async throws {
        try await withPage(of: .shared) { page in
            try await enter("pia", on: page)
            try await open("group/nothing-there", on: page)
            try await page.wait(for: "You are no member of this group.", in: "group-summary")
            try await write("anybody?", on: page)
            try await page.wait("byId('messages').querySelector('.state.bad')?.textContent.startsWith('✕ ')")
            try await page.click("#messages .doings:not([hidden]) button:first-child")
            try await page.wait("byId('messages').querySelector('.state.bad') !== null")
            try await page.click("#messages .doings:not([hidden]) button:last-child")
            try await waitForTexts([], on: page)
        }
    }
}
