import ServiceKit
import Terminal

/// What became of some dead letters.
struct DeadLetterOutcome {
    private var done = 0
    private var failed: [String] = []

    static func of(_ ids: [String], _ step: (String) async throws -> Bool) async throws -> DeadLetterOutcome {
        var outcome = DeadLetterOutcome()
        for id in ids {
            if try await step(id) { outcome.done += 1 } else { outcome.failed.append(id) }
        }
        return outcome
    }

    /// - Throws: ``CommandFailure`` when something became of some only.
    func publish(_ what: String, otherwise reason: String) throws {
        print("\(NumberFormat.count(done, "dead letter")) \(what).")
        guard let first = failed.first else { return }
        let more = failed.count > 1 ? " So it is with \(NumberFormat.count(failed.count - 1, "other"))." : ""
        throw CommandFailure(exitCode: .dataError, "\(first.visible(limit: 40)) \(reason).\(more)")
    }
}
