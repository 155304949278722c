import TestSupport
import Testing

extension BrowserTests {
    @Suite("The page of the chat", .service(.chat, "--send-limit", "off"))
    struct ChatPageTests {
        /// Opens the page as somebody.
        func enter(_ name: String, with other: String? = nil, on page: BrowserPage) async throws {
            try await page.setFocused(true)
            try await page.open()
            try await page.click("#sign-in")
            try await page.wait("byId('identity').open")
            try await page.type(name, into: "#user")
            try await page.pressEnter()
            try await page.wait(for: "Conversations of \(name)", in: "list-title")
            try await page.wait(for: "● live", in: "live")
            if let other { try await open("user/\(other)", on: page) }
        }

        /// Opens a conversation by its address.
        func open(_ key: String, on page: BrowserPage) async throws {
            try await page.wait("(location.hash = '#/\(key)', !byId('compose').hidden)")
            let name = key.drop { $0 != "/" }.dropFirst()
            try await page.wait(for: String(name), in: "room-title")
        }

        func write(_ text: String, on page: BrowserPage) async throws {
            try await page.type(text, into: "#compose textarea")
            try await page.pressEnter()
        }

        /// The texts that are shown, oldest first.
        func texts(on page: BrowserPage) async throws -> [String] {
            try await page.evaluate("[...byId('messages').querySelectorAll('.words')].map(node => node.textContent)")
        }

        /// What has become of the last message of one's own.
        func waitForState(_ state: String, on page: BrowserPage, sourceLocation: SourceLocation = #_sourceLocation) async throws {
            try await page.wait(
                "[...byId('messages').querySelectorAll('.mine .state')].at(-1)?.textContent === '\(state)'",
                sourceLocation: sourceLocation)
        }

        func waitForTexts(_ expected: [String], on page: BrowserPage, sourceLocation: SourceLocation = #_sourceLocation)
            async throws
        {
            var last: [String] = []
            do {
                try await eventually("texts", within: .seconds(60), sourceLocation: sourceLocation) {
                    last = try await texts(on: page)
                    return last == expected
                }
            } catch {
                Issue.record("the texts were last: \(last)", sourceLocation: sourceLocation)
                throw error
            }
        }

        /// Sends past the page.
        func send(_ texts: [String], from sender: String, to recipient: String, on service: RunningService? = nil) async throws {
            struct Frame: Decodable { let type: String, id: String? }
            let service = try service ?? .shared
            let socket = try await WebSocketClient.connect(port: service.port, "/v1/ws?user=\(sender)")
            for (index, text) in texts.enumerated() {
                try await socket.send(
                    json(["type": "send", "id": "\(sender)-\(index)-\(text.hashValue)", "text": text], to: recipient))
                while true {
                    let frame: Frame = try await socket.json()
                    if frame.type == "sent" { break }
                    try #require(frame.type != "error")
                }
            }
            try await socket.close(1000)
        }

        @Test("Two talk: each sees the other's presence and typing, what was said, and that it was received and read")
        func conversation() async throws {
            try await withPage(of: .shared) { ann in
                try await withPage(of: .shared) { ben in
                    try await ann.look(.desktopByDay)
                    try await enter("ann", with: "ben", on: ann)
                    try await ann.wait(for: "not seen yet", in: "room-presence")
                    try await ben.look(.phoneInTheDark)
                    try await enter("ben", on: ben)
                    try await ann.wait(for: "online", in: "room-presence")

                    // Nobody looks at it yet.
                    try await write("hello", on: ann)
                    try await ben.wait("document.title.startsWith('(1) ')")
                    try await waitForState("✓✓ received", on: ann)
                    try await ben.click("#conversations a")
                    try await waitForTexts(["hello"], on: ben)
                    try await waitForState("✓✓ read", on: ann)
                    try await ben.wait("document.title.startsWith('chat')")
                    #expect(try await ben.evaluate("byId('list').offsetParent === null && byId('room').offsetParent !== null"))

                    try await ben.type("well", into: "#compose textarea")
                    try await ann.wait(for: "ben is writing…", in: "typing")
                    try await ben.pressEnter()
                    try await waitForTexts(["hello", "well"], on: ann)
                    try await ann.wait(for: "", in: "typing")
                    try await ann.wait(for: "ben: well", in: "spoken")
                    try await waitForState("✓✓ read", on: ben)
                    #expect(try await ann.focused == "text")
                    #expect(try await ben.evaluate("document.documentElement.scrollWidth <= innerWidth"))
                    #expect(try await ben.evaluate("document.documentElement.scrollHeight <= innerHeight"))

                    // What the reader's eyes are not on is not read.
                    try await ben.click("#back")
                    try await ben.wait("byId('room').offsetParent === null")
                    try await write("and then?", on: ann)
                    try await waitForState("✓✓ received", on: ann)
                    try await ben.wait("byId('conversations').textContent.includes('and then?')")
                    #expect(try await ben.evaluate("byId('conversations').querySelector('.count').textContent") == "1")
                    try await ben.act("Page.navigate", ["url": "about:blank"])
                    try await ann.wait("byId('room-presence').textContent.startsWith('last seen ')")
                }
            }
        }

        @Test("The way of a message is drawn from what the protocol says")
        func way() async throws {
            try await send(["before"], from: "cem", to: "dee")
            try await withPage(of: .shared) { page in
                try await page.look(.desktopByDay)
                try await enter("dee", with: "cem", on: page)
                try await waitForTexts(["before"], on: page)
                try await write("mine", on: page)
                try await page.wait(for: "#2", in: "way-number")
                try await page.wait("byId('way-text').textContent.includes('gave it number 2')")
                #expect(try await page.evaluate("/^[0-9.,]+ (ms|s)$/.test(byId('way-after').textContent)"))
                #expect(try await page.evaluate("byId('way-log').classList.contains('lit')"))
                try await page.wait(for: "of 1 other", in: "way-received-note")
                #expect(try await page.text("way-received") == "0")

                // Chosen by its time, with the keyboard.
                try await page.wait("(byId('messages').querySelector('.stamp').focus(), true)")
                try await page.pressEnter()
                try await page.wait(for: "#1", in: "way-number")
                try await page.wait("byId('way-list').textContent.startsWith('you: read')")
                try await page.click("#way-close")
                try await page.click("#messages .mine .stamp")
                try await page.wait(for: "#2", in: "way-number")
                try await page.wait("byId('way-list').textContent.startsWith('cem: not received yet; not connected now')")
                let socket = try await WebSocketClient.connect(port: try RunningService.shared.port, "/v1/ws?user=cem")
                let conversation: String = try await page.evaluate(
                    "fetch('/v1/conversations', { headers: { 'X-User-ID': 'dee' } }).then(r => r.json()).then(j => j.conversations[0].id)"
                )
                try await socket.send(#"{"type":"read","conversation":"\#(conversation)","seq":2}"#)
                try await page.wait(for: "1", in: "way-read")
                try await page.wait("byId('way-list').textContent.startsWith('cem: read')")
                #expect(try await page.evaluate("byId('way-members').querySelectorAll('.lit').length === 3"))
                try await socket.close(1000)
            }
        }
    }
}
