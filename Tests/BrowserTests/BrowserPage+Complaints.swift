import Testing
import TestSupport

/// Runs a body with a page of a service, and expects that nothing went wrong in it and that all it loaded is the service's own.
func withPage(
    of service: RunningService, sourceLocation: SourceLocation = #_sourceLocation,
    isolation: isolated (any Actor)? = #isolation, _ body: (BrowserPage) async throws -> Void
) async throws {
    try await withAnyPage(of: service) { page in
        try await body(page)
        #expect(page.complaints == [], sourceLocation: sourceLocation)
        let foreign = page.requests.filter { !$0.hasPrefix(page.address + "/") && !$0.hasPrefix("data:") && $0 != "about:blank" }
        #expect(foreign == [], sourceLocation: sourceLocation)
    }
}

/// Runs a body with a page of a service, whatever it complains of.
func withAnyPage(
    of service: RunningService, isolation: isolated (any Actor)? = #isolation, _ body: (BrowserPage) async throws -> Void
) async throws {
    let page = try await BrowserPage(of: "http://\(service.host):\(service.port)", in: .shared)
    do {
        try await body(page)
    } catch {
        try? await page.close()
        throw error
    }
    try await page.close()
}

private struct Event: Decodable {
    struct Parameters: Decodable {
        struct Request: Decodable { let url: String }
        struct Entry: Decodable { let source: String, text: String }
        struct Exception: Decodable { let text: String }
        struct Argument: Decodable {
            let text: String

            private enum Key: String, CodingKey { case value, description }

            init(from decoder: any Decoder) throws {
                let fields = try decoder.container(keyedBy: Key.self)
                text =
                    (try? fields.decode(String.self, forKey: .value)) ?? (try? fields.decode(String.self, forKey: .description))
                    ?? "?"
            }
        }
        let request: Request?
        let entry: Entry?
        let exceptionDetails: Exception?
        let type: String?
        let args: [Argument]?
    }
    let method: String
    let params: Parameters
}

extension BrowserPage {
    /// The addresses of all that it asked for.
    var requests: [String] {
        events(as: Event.self).filter { $0.method == "Network.requestWillBeSent" }.compactMap(\.params.request?.url)
    }

    /// Exceptions, what was written to the console as wrong, and what the content security policy stopped. That an answer of the
    /// service was a refusal does not count.
    var complaints: [String] {
        events(as: Event.self).compactMap { event in
            let parameters = event.params
            switch event.method {
            case "Runtime.exceptionThrown": return "exception: \(parameters.exceptionDetails?.text ?? "")"
            case "Runtime.consoleAPICalled" where ["error", "warning", "assert"].contains(parameters.type ?? ""):
                return "console: \((parameters.args ?? []).map(\.text))"
            case "Log.entryAdded":
                return parameters.entry.flatMap { $0.source == "network" ? nil : "\($0.source): \($0.text)" }
            default: return nil
            }
        }
    }
}
