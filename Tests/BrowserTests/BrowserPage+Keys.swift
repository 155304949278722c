import TestSupport
import Testing

/// What a person does who has nothing but keys.
extension BrowserPage {
    struct Key {
        let name: String
        let code: Int

        static let tab = Key(name: "Tab", code: 9)
        static let home = Key(name: "Home", code: 36)
        static let left = Key(name: "ArrowLeft", code: 37)
        static let up = Key(name: "ArrowUp", code: 38)
        static let right = Key(name: "ArrowRight", code: 39)
        static let down = Key(name: "ArrowDown", code: 40)
    }

    func press(_ key: Key, shifted: Bool = false) async throws {
        struct Event: Encodable { let type: String, key: String, code: String, windowsVirtualKeyCode: Int, modifiers: Int }
        for type in ["rawKeyDown", "keyUp"] {
            try await act(
                "Input.dispatchKeyEvent",
                Event(type: type, key: key.name, code: key.name, windowsVirtualKeyCode: key.code, modifiers: shifted ? 8 : 0))
        }
    }

    /// Goes on with Tab until an element has the focus.
    func tab(to id: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        for _ in 0..<100 {
            if try await focused == id { return }
            try await press(.tab)
        }
        #expect(try await focused == id, sourceLocation: sourceLocation)
    }
}
