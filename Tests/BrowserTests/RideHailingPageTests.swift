import TestSupport
import Testing

extension BrowserTests {
    /// Each test has a service of its own: drivers of another would take its rides.
    @Suite("The page of ride hailing")
    struct RideHailingPageTests {
        func signIn(_ name: String, on page: BrowserPage) async throws {
            try await page.click("#sign-in")
            try await page.wait("byId('identity').open")
            try await page.type(name, into: "#user")
            try await page.pressEnter()
            try await page.wait(for: "You are \(name).", in: "who")
        }

        /// Is a driver in the middle of the town.
        func drive(as name: String, on page: BrowserPage) async throws {
            try await page.open("/#/drive")
            try await signIn(name, on: page)
            try await page.click("#map")
            try await page.wait("byId('map-spoken').textContent.startsWith('You begin at ')")
            try await page.click("#online")
            try await page.wait(for: "● online", in: "driver-live")
        }

        /// Wishes to go somewhere, and waits for the price.
        func plan(on page: BrowserPage) async throws {
            try await page.click("#any-trip")
            try await page.wait("byId('trip').querySelector('.primary').textContent.startsWith('Request for $')")
        }

        func request(on page: BrowserPage) async throws {
            try await plan(on: page)
            try await page.click("#trip .primary")
            try await page.wait("!byId('ride').hidden && byId('ride-status').textContent !== 'Reading the ride…'")
        }

        /// Cars drive as fast as this from now on.
        func setPace(_ times: Int, on page: BrowserPage) async throws {
            try await page.wait("(byId('pace').value = '\(times)', true)")
        }

        func demonstrate(on page: BrowserPage) async throws {
            try await setPace(1, on: page)
            try await page.click("#demonstrate")
            try await page.wait("/^[1-9][0-9]* drivers are free/.test(byId('near').textContent)")
        }

        func waitForStatus(_ words: String, on page: BrowserPage) async throws {
            try await page.wait("byId('ride-status').textContent.includes(`\(words)`)")
        }

        func fitsItsWidth(_ page: BrowserPage) async throws -> Bool {
            try await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        }

        /// The versions of the shown ride, as its timeline tells them.
        func versions(on page: BrowserPage) async throws -> [String] {
            try await page.evaluate(
                "[...byId('timeline').querySelectorAll('li:not(.note) .version')].map(node => node.textContent)")
        }

        /// Waits until a car has moved.
        func waitUntilItMoves(_ car: String, on page: BrowserPage) async throws {
            let place = "document.querySelector(`\(car)`)?.getAttribute('transform').split(')')[0] ?? ''"
            let before: String = try await page.evaluate(place)
            try await page.wait("(now => now !== '' && now !== '\(before)')(\(place))")
        }

        @Test(
            "One person with one browser sees all of it: drivers near, offers, the winner who drives; asked twice it is one ride")
        func demonstration() async throws {
            try await withService(.rideHailing, ["--offer-seconds", "2"]) { service in
                try await service.becomesReady()
                try await withPage(of: service) { page in
                    try await page.look(.desktopByDay)
                    try await page.open()
                    try await demonstrate(on: page)
                    #expect(try await page.text("who").hasPrefix("You are rider-"))
                    try await waitUntilItMoves(".car.near", on: page)
                    try await plan(on: page)
                    try await page.wait("(byId('trip').requestSubmit(), byId('trip').requestSubmit(), true)")
                    try await waitForStatus("is coming", on: page)
                    try await waitUntilItMoves(".car.ride", on: page)
                    try await setPace(20, on: page)
                    try await waitForStatus("You have arrived", on: page)
                    #expect(try await service.metrics().value("ride_hailing_rides_requested_total") == 1)

                    let versions = try await versions(on: page)
                    #expect(versions == (1...versions.count).map { "v\($0)" } && versions.count >= 5)
                    let trail: String = try await page.text("timeline")
                    for words in ["is offered it", "accepts, and makes it", "starts, and makes it", "completes, and makes it"] {
                        #expect(trail.contains(words))
                    }
                    #expect(try await page.evaluate("byId('step-completed').classList.contains('lit')"))
                    #expect(try await page.focused == "ride-title")
                    try await page.click("#another")
                    #expect(
                        try await page.evaluate("byId('history').hidden && byId('ride').hidden && !byId('trip').hidden"))
                    try await page.click("#demonstrate")
                    try await page.wait(for: "No drivers are free in what you see.", in: "near")
                }
            }
        }

        @Test("A rider with nothing but keys, and a driver elsewhere: offered, accepted, driven there and to the end")
        func twoBrowsers() async throws {
            try await withService(.rideHailing, ["--offer-seconds", "60"]) { service in
                try await service.becomesReady()
                try await withPage(of: service) { rider in
                    try await withPage(of: service) { driver in
                        try await drive(as: "bob", on: driver)
                        try await rider.open()
                        try await rider.tab(to: "sign-in")
                        try await rider.pressEnter()
                        try await rider.wait("byId('identity').open")
                        try await rider.tab(to: "user")
                        try await rider.type("ann", into: "#user")
                        try await rider.pressEnter()
                        try await rider.wait(for: "You are ann.", in: "who")
                        try await rider.wait(for: "1 driver is free in what you see.", in: "near")
                        try await rider.tab(to: "map")
                        for key in [BrowserPage.Key.up, .up, .up] { try await rider.press(key) }
                        try await rider.pressEnter()
                        #expect(try await rider.text("map-spoken").hasPrefix("Pick-up: Avenue "))
                        for key in [BrowserPage.Key.right, .down, .down, .down, .down] { try await rider.press(key) }
                        try await rider.pressEnter()
                        #expect(try await rider.text("map-spoken").hasPrefix("Destination: Avenue "))
                        try await rider.wait("!byId('fare').hidden")
                        try await rider.tab(to: "any-trip")
                        try await rider.press(.tab)
                        try await rider.pressEnter()
                        try await waitForStatus("Offered to a driver near you, round 1", on: rider)
                        #expect(try await rider.focused == "ride-title")

                        try await driver.wait("byId('offers').children.length === 1")
                        #expect(
                            try await driver.evaluate("/^[0-9]+ s left$/.test(byId('offers').querySelector('span').textContent)")
                        )
                        try await driver.click("#offers .primary")
                        try await waitForStatus("bob is coming", on: rider)
                        try await waitUntilItMoves(".car.ride", on: rider)
                        try await setPace(20, on: driver)
                        try await driver.wait(for: "ann is here", in: "my-drive-title")
                        try await driver.click("#drive-on")
                        try await waitForStatus("On the way with bob", on: rider)
                        try await driver.wait(for: "You are there", in: "my-drive-title")
                        try await driver.click("#drive-on")
                        try await waitForStatus("You have arrived", on: rider)
                        try await driver.wait(
                            "byId('my-drive').hidden && byId('no-offers').textContent.startsWith('No offer yet.')")
                        #expect(try await versions(on: rider) == ["v1", "v2", "v3", "v4", "v5"])
                        #expect(try await versions(on: driver) == ["v1", "v2", "v3", "v4", "v5"])
                        try await driver.click("#online")
                        try await rider.wait(for: "No drivers are free in what you see.", in: "near")
                    }
                }
            }
        }

        @Test("Two drivers want one ride: one has it, the other sees what refused him; names are text")
        func race() async throws {
            let hostile = "<svg/onload=document.title=1>"
            try await withService(.rideHailing, ["--offer-mode", "broadcast", "--offer-seconds", "60"]) { service in
                try await service.becomesReady()
                try await withPage(of: service) { rider in
                    try await withPage(of: service) { first in
                        try await withPage(of: service) { second in
                            try await drive(as: hostile, on: first)
                            try await second.look(.phoneInTheDark)
                            try await drive(as: "cat", on: second)
                            try await rider.open()
                            try await signIn("ann", on: rider)
                            try await rider.wait(for: "2 drivers are free in what you see.", in: "near")
                            try await request(on: rider)
                            for driver in [first, second] { try await driver.wait("byId('offers').children.length === 1") }

                            try await first.click("#offers .primary")
                            try await first.wait("!byId('my-drive').hidden")
                            try await second.wait("byId('offers').children.length === 0 && byId('gone').children.length === 1")
                            #expect(try await second.text("gone").hasPrefix("Another was faster"))
                            try await second.click("#gone button")
                            try await second.wait("byId('driver-problem').textContent.startsWith('Too late, conflict: ')")
                            try await second.wait("byId('timeline').querySelector('.refused')?.textContent.includes('saw v2')")
                            #expect(try await second.evaluate("byId('my-drive').hidden"))
                            #expect(try await fitsItsWidth(second))

                            try await waitForStatus("\(hostile) is coming", on: rider)
                            try await rider.click("#stale")
                            try await rider.wait("byId('timeline').querySelector('.refused')?.textContent.includes('saw v2')")
                            try await rider.click("#cancel")
                            try await waitForStatus("You have cancelled it", on: rider)
                            try await first.wait("byId('my-drive').hidden")
                            for page in [rider, first, second] {
                                #expect(
                                    try await page.evaluate(
                                        "document.title === 'ride-hailing · Groundwork' && !document.querySelector('[onload]')"))
                            }
                        }
                    }
                }
            }
        }
    }
}
