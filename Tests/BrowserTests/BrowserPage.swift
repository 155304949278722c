import Foundation
import TestSupport
import Testing

/// A page in a browser, with cookies, storage and clipboard of its own.
struct BrowserPage: Sendable {
    /// Where the service is whose page it shows.
    let address: String
    private let devTools: DevTools
    private let context: String
    private let session: String

    private struct Nothing: Codable {}
    private struct Context: Codable { let browserContextId: String }

    init(of address: String, in browser: Browser) async throws {
        struct NewTarget: Encodable { let url = "about:blank", browserContextId: String }
        struct Target: Decodable { let targetId: String }
        struct Attachment: Encodable { let targetId: String, flatten = true }
        struct Session: Decodable { let sessionId: String }
        struct Grant: Encodable { let browserContextId: String, permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"] }
        let devTools = browser.devTools
        let context: Context = try await devTools.call("Target.createBrowserContext", Nothing())
        let target: Target = try await devTools.call(
            "Target.createTarget", NewTarget(browserContextId: context.browserContextId))
        let session: Session = try await devTools.call("Target.attachToTarget", Attachment(targetId: target.targetId))
        (self.address, self.devTools, self.context, self.session) =
            (address, devTools, context.browserContextId, session.sessionId)
        _ = try await devTools.call(
            "Browser.grantPermissions", Grant(browserContextId: self.context), as: Nothing.self)
        for domain in ["Page", "Runtime", "Log", "Network"] { try await act("\(domain).enable", Nothing()) }
    }

    func close() async throws {
        _ = try await devTools.call(
            "Target.disposeBrowserContext", Context(browserContextId: context), as: Nothing.self)
    }

    func act(_ method: String, _ parameters: some Encodable) async throws {
        _ = try await devTools.call(method, parameters, session: session, as: Nothing.self)
    }

    /// Opens a path of the service anew.
    func open(_ path: String = "/") async throws {
        // A page that differs only in its fragment would not be loaded again.
        try await act("Page.navigate", ["url": "about:blank"])
        try await wait("location.protocol === 'about:'")
        try await act("Page.navigate", ["url": address + path])
        try await wait("document.readyState === 'complete' && location.protocol !== 'about:'")
    }

    private struct Expression: Encodable {
        let expression: String, awaitPromise = true, returnByValue = true, userGesture = true
    }
    private struct Evaluation<Value: Decodable>: Decodable {
        struct Object: Decodable { let value: Value? }
        struct Exception: Decodable { let text: String }
        let result: Object
        let exceptionDetails: Exception?
    }

    /// The value of an expression in JavaScript, in which `byId` finds an element; of a promise, what it brings.
    func evaluate<Value: Decodable>(_ expression: String, as type: Value.Type = Value.self) async throws -> Value {
        let wrapped = "(byId => (\(expression)))(id => document.getElementById(id))"
        let answer = try await devTools.call(
            "Runtime.evaluate", Expression(expression: wrapped), session: session, as: Evaluation<Value>.self)
        guard let value = answer.result.value, answer.exceptionDetails == nil else {
            throw DevTools.Failure(description: "\(expression): \(answer.exceptionDetails?.text ?? "no value")")
        }
        return value
    }

    /// Waits until an expression is true.
    func wait(_ expression: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await eventually(expression, within: .seconds(60), sourceLocation: sourceLocation) { try await evaluate(expression) }
    }

    func text(_ id: String) async throws -> String { try await evaluate("byId('\(id)').textContent") }

    /// Waits until an element's text is this.
    func wait(for text: String, in id: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        var last = ""
        do {
            try await eventually("\(id): \(text)", within: .seconds(60), sourceLocation: sourceLocation) {
                last = try await self.text(id)
                return last == text
            }
        } catch {
            Issue.record("\(id) was last: \(last)", sourceLocation: sourceLocation)
            throw error
        }
    }

    /// The id of the element that has the focus, or its name.
    var focused: String {
        get async throws { try await evaluate("(focused => focused.id || focused.name || '')(document.activeElement)") }
    }

    private struct Header: Decodable { let sessionId: String? }

    /// What it has told since it was opened.
    func events<Event: Decodable>(as type: Event.Type) -> [Event] {
        devTools.events.filter { (try? JSONDecoder().decode(Header.self, from: $0))?.sessionId == session }
            .compactMap { try? JSONDecoder().decode(Event.self, from: $0) }
    }
}
