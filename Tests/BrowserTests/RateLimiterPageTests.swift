import TestSupport
import Testing

extension BrowserTests {
    @Suite("The page of the rate limiter", .service(.rateLimiter, environment: ["ADMIN_TOKEN": "secret"]))
    struct RateLimiterPageTests {
        @Test("With the keyboard alone, on a phone: a policy is tried and flooded, and the bucket shows it")
        func tryPolicy() async throws {
            try await withPage(of: .shared) { page in
                try await page.look(.phoneInTheDark)
                try await page.open()
                try await page.wait(for: "● ready", in: "health")
                try await page.wait(for: "Full.", in: "bucket-text")
                try await page.type("a key/with 'signs'", into: "#check [name=key]")
                try await page.wait(for: "default / a key/with 'signs'", in: "bucket-name")
                try await page.pressEnter()
                try await page.wait("byId('answers').rows.length === 1")
                #expect(try await page.evaluate("byId('answers').rows[0].cells[0].innerText") == "✓ allowed")
                #expect(try await page.evaluate("document.querySelector('#headers dd').innerText") == #""default";q=100;w=60"#)

                try await page.type("8", into: "#flood [name=count]")
                try await page.type("50", into: "#flood [name=rate]")
                try await page.pressEnter()
                try await page.wait(for: "✓ allowed: 8", in: "result")
                try await page.wait("byId('answers').rows.length === 9")
                try await page.wait("byId('level-line').getAttribute('d') !== '' && byId('water').getAttribute('d') !== ''")
                #expect(try await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))

                try await page.click("#copy")
                try await page.wait(for: "Copied", in: "copy")
                let line = try await page.text("curl")
                #expect(line == "curl -i '\(page.address)/v1/check/default/a%20key%2Fwith%20%27signs%27?cost=1'")
                #expect(try await page.evaluate("navigator.clipboard.readText()") == line)
            }
        }

        @Test("Administration adds a policy, with its token, changes it and deletes it")
        func policies() async throws {
            try await withPage(of: .shared) { page in
                try await page.look(.desktopByDay)
                try await page.open()
                try await page.wait("byId('policies').rows.length === 1")
                try await page.click("#add")
                try await page.wait("byId('policy').parentElement.open")
                try await page.type("login", into: "#policy [name=name]")
                try await page.type("2", into: "#policy [name=capacity]")
                try await page.type("7", into: "#policy [name=refillPeriodMs]")
                try await page.pressEnter()
                try await page.wait("byId('question').open")
                try await page.type("guess", into: "#token")
                try await page.pressEnter()
                try await page.wait(for: "The server does not accept this token.", in: "question-text")
                try await page.type("secret", into: "#token")
                try await page.pressEnter()
                try await page.wait("byId('policies').rows.length === 2")

                try await page.wait(
                    """
                    (policy => { policy.value = "login"; policy.dispatchEvent(new Event("input", { bubbles: true })); return true })
                    (byId("check").elements.policy)
                    """)
                try await page.type("4", into: "#flood [name=count]")
                try await page.pressEnter()
                try await page.wait(for: "✓ allowed: 2, ✕ refused: 2", in: "result")
                try await page.wait("byId('refused-rate').textContent !== '–'")

                try await page.click("#Edit-login")
                try await page.wait("byId('policy').parentElement.open")
                #expect(try await page.focused == "capacity")
                try await page.type("99999999999", into: "#policy [name=capacity]")
                try await page.pressEnter()
                try await page.wait("byId('policy-problem').textContent.startsWith('capacity:')")
                #expect(try await page.focused == "capacity")
                try await page.type("5", into: "#policy [name=capacity]")
                try await page.pressEnter()
                try await page.wait("byId('policies').innerText.includes('5 at once')")

                try await page.click("#Delete-login")
                try await page.wait("byId('question').open")
                try await page.click("#question-action")
                try await page.wait("byId('policies').rows.length === 1")
                #expect(try await page.focused == "add")
            }
        }
    }
}
