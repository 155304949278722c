import ArgumentParser
import Foundation
import UnixSignals

/// Runs a command's work so that it can tidy up behind itself: SIGINT and SIGTERM cancel it, and once it has failed the process ends
/// with the exit code that shells know for that. A second signal ends it at once.
public func interruptible<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    let work = Task { try await body() }
    let watch = Task { () -> Int32? in
        var first: Int32?
        for await signal in signals {
            let code = 128 + (signal == .sigint ? SIGINT : SIGTERM)
            if first != nil { Foundation.exit(code) }
            first = code
            work.cancel()
        }
        return first
    }
    let result = await work.result
    watch.cancel()
    if case .failure = result, let code = await watch.value { throw ExitCode(code) }
    return try result.get()
}
