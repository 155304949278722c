import TestSupport
import Testing

extension BrowserTests.RideHailingPageTests {
    @Test("The server stalls, goes, and comes back under one's eyes: what was asked for is one ride, and the ride goes on")
    func restart() async throws {
        try await withTemporaryFolder { folder in
            try await withService(.rideHailing, ["--offer-seconds", "2"], dataDirectory: folder) { first in
                try await first.becomesReady()
                try await withPage(of: first) { page in
                    try await page.open()
                    try await demonstrate(on: page)
                    try await plan(on: page)

                    // The answer does not come in time.
                    first.program.signal(19)
                    try await page.click("#trip .primary")
                    try await page.wait("byId('trip-problem').textContent.endsWith('under the same key: it becomes one ride.')")
                    first.program.signal(18)
                    try await waitForStatus("is coming", on: page)
                    #expect(try await first.metrics().value("ride_hailing_rides_requested_total") == 1)
                    #expect(try await page.evaluate("!('rideAttempt' in sessionStorage)"))

                    first.program.signal(15)
                    try await page.wait(for: "✕ no answer", in: "health")
                    try await page.wait(for: "◌ connecting…", in: "live")
                    try await eventually("it has ended", within: .seconds(60)) { first.program.ended != nil }
                    try await withService(
                        .rideHailing, ["--port", "\(first.port)", "--offer-seconds", "2"], dataDirectory: folder
                    ) { second in
                        try await second.becomesReady()
                        try await page.wait(for: "● live", in: "live")
                        try await setPace(20, on: page)
                        try await waitForStatus("You have arrived", on: page)
                        let versions = try await versions(on: page)
                        #expect(versions == (1...versions.count).map { "v\($0)" })
                    }
                }
            }
        }
    }

    @Test("Nobody is near: that is said, on a phone as well; a page that is loaded anew shows the same ride")
    func unmatched() async throws {
        try await withService(.rideHailing, ["--match-deadline-seconds", "3"]) { service in
            try await service.becomesReady()
            try await withPage(of: service) { page in
                try await page.look(.phoneInTheDark)
                try await page.open()
                #expect(try await fitsItsWidth(page))
                try await signIn("dee", on: page)
                try await request(on: page)
                #expect(try await fitsItsWidth(page))
                try await waitForStatus("Not matched: no driver is near", on: page)
                try await page.open()
                try await waitForStatus("Not matched: no driver is near", on: page)
                #expect(try await versions(on: page) == ["v1", "v2"])
                #expect(try await fitsItsWidth(page))
                try await page.click("#another")
                #expect(try await page.focused == "fromAvenue")
            }
        }
    }

    @Test("Moved and zoomed by keys, wheel and buttons, the map stays true to scale")
    func map() async throws {
        try await withService(.rideHailing) { service in
            try await withPage(of: service) { page in
                try await page.look(.desktopByDay)
                try await page.open()
                try await page.wait("byId('map').hasAttribute('viewBox')")
                // As many pixels as the bar is long are as many meters as it says.
                let isTrue = """
                    (map => Math.abs(byId('scale-bar').getBoundingClientRect().width * map.viewBox.baseVal.width / map.clientWidth
                        - parseFloat(byId('scale').textContent)) < 1)(byId('map'))
                    """
                let width = "byId('map').viewBox.baseVal.width", left = "byId('map').viewBox.baseVal.x"
                let home: Double = try await page.evaluate(width)
                #expect(try await page.evaluate(isTrue))
                try await page.click("#zoom-in")
                try await page.wait("\(width) < \(home)")
                #expect(try await page.evaluate(isTrue))
                try await page.wait("(byId('map').focus(), true)")
                try await page.press(.home)
                try await page.wait("Math.abs(\(width) - \(home)) < 1")
                try await page.wait(
                    "byId('map').dispatchEvent(new WheelEvent('wheel', { deltaY: 300, cancelable: true })) === false && \(width) > \(home)"
                )
                #expect(try await page.evaluate(isTrue))
                try await page.press(.home)
                try await page.wait("Math.abs(\(width) - \(home)) < 1")
                let before: Double = try await page.evaluate(left)
                try await page.press(.right, shifted: true)
                try await page.wait("\(left) > \(before)")
            }
        }
    }

    @Test("Where tokens count, the demonstration says why it cannot be")
    func tokens() async throws {
        try await withService(.rideHailing, environment: ["JWT_SECRET": String(repeating: "s", count: 32)]) { service in
            try await service.becomesReady()
            try await withPage(of: service) { page in
                try await page.open()
                try await page.click("#demonstrate")
                try await page.wait(
                    "byId('demonstration-problem').textContent.startsWith('This service wants tokens. The demonstration plays several people')"
                )
                #expect(try await page.evaluate("document.querySelectorAll('.car').length === 0"))
            }
        }
    }
}
