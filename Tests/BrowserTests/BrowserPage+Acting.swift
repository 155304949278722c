import TestSupport
import Testing

/// What a person does with a page.
extension BrowserPage {
    enum Looks {
        case phoneInTheDark, desktopByDay
    }

    func look(_ looks: Looks) async throws {
        struct Screen: Encodable { let width: Int, height: Int, deviceScaleFactor = 1, mobile: Bool }
        struct Media: Encodable { let features: [[String: String]] }
        let isPhone = looks == .phoneInTheDark
        try await act(
            "Emulation.setDeviceMetricsOverride",
            Screen(width: isPhone ? 390 : 1280, height: isPhone ? 844 : 900, mobile: isPhone))
        try await act(
            "Emulation.setEmulatedMedia",
            Media(features: [["name": "prefers-color-scheme", "value": isPhone ? "dark" : "light"]]))
    }

    /// Whether it has the focus, as far as it can tell, whatever other pages have.
    func setFocused(_ isFocused: Bool) async throws {
        try await act("Emulation.setFocusEmulationEnabled", ["enabled": isFocused])
    }

    /// Takes it off the network, or puts it back.
    func setOffline(_ isOffline: Bool) async throws {
        struct Conditions: Encodable { let offline: Bool, latency = 0, downloadThroughput = -1, uploadThroughput = -1 }
        try await act("Network.emulateNetworkConditions", Conditions(offline: isOffline))
    }

    /// Types in place of what stands in a field.
    func type(_ text: String, into selector: String) async throws {
        try await wait("(field => { field.focus(); field.select(); return true })(document.querySelector(`\(selector)`))")
        if text.isEmpty { try await press("Delete", code: 46) } else { try await act("Input.insertText", ["text": text]) }
    }

    func pressEnter() async throws { try await press("Enter", code: 13, text: "\r") }

    private func press(_ key: String, code: Int, text: String? = nil) async throws {
        struct Key: Encodable { let type: String, key: String, code: String, windowsVirtualKeyCode: Int, text: String? }
        for type in ["keyDown", "keyUp"] {
            try await act(
                "Input.dispatchKeyEvent",
                Key(type: type, key: key, code: key, windowsVirtualKeyCode: code, text: type == "keyDown" ? text : nil))
        }
    }

    /// Clicks where an element is, as soon as it is there and nothing covers it; again, when it has just moved away.
    func click(_ selector: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        struct Mouse: Encodable { let type: String, x: Double, y: Double, button = "left", clickCount = 1 }
        try await eventually("\(selector) is clicked", within: .seconds(60), sourceLocation: sourceLocation) {
            let place: [Double] = try await evaluate(
                """
                (element => {
                    window.clicked = false;
                    document.addEventListener("click", ({ target }) => { window.clicked = Boolean(target.closest(`\(selector)`)) },
                        { capture: true, once: true });
                    element.scrollIntoView({ block: "center", behavior: "instant" });
                    const { x, y, width, height } = element.getBoundingClientRect(), place = [x + width / 2, y + height / 2];
                    return !element.disabled && element.contains(document.elementFromPoint(...place)) ? place : [];
                })(document.querySelector(`\(selector)`))
                """)
            guard place.count == 2 else { return false }
            for type in ["mousePressed", "mouseReleased"] {
                try await act("Input.dispatchMouseEvent", Mouse(type: type, x: place[0], y: place[1]))
            }
            return try await evaluate("window.clicked")
        }
    }
}
