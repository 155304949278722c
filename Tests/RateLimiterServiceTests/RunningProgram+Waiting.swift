import TestSupport
import Testing

extension RunningProgram {
    /// Waits for the end of the process.
    @discardableResult
    func exit(within limit: Duration = .seconds(20)) async throws -> Exit {
        try await eventually("process \(processIdentifier) ends", within: limit) { ended != nil }
        return try #require(ended)
    }
}

/// Runs a command to its end.
func run(
    _ arguments: [String], environment: [String: String] = [:], of program: String = "rate-limiter",
    within limit: Duration = .seconds(20)
) async throws -> (exit: RunningProgram.Exit, output: String, errors: String) {
    try await withProgram(arguments, environment: environment, of: program) { program in
        let exit = try await program.exit(within: limit)
        return (exit, program.standardOutput, program.standardError)
    }
}

/// Runs a body with the program, and ends it, whatever happens.
func withProgram<Value>(
    _ arguments: [String], environment: [String: String] = [:], of program: String = "rate-limiter",
    isolation: isolated (any Actor)? = #isolation, _ body: (RunningProgram) async throws -> Value
) async throws -> Value {
    let program = try RunningProgram(program, arguments, environment: environment)
    do {
        let value = try await body(program)
        await program.end()
        return value
    } catch {
        await program.end()
        throw error
    }
}
