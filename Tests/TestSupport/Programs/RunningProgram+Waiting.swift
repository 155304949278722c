import Testing

extension RunningProgram {
    /// Waits for the end of the process.
    @discardableResult
    public func exit(within limit: Duration = .seconds(20)) async throws -> Exit {
        try await eventually("process \(processIdentifier) ends", within: limit) { ended != nil }
        return try #require(ended)
    }
}

/// Runs a command to its end.
public func run(
    _ program: Program, _ arguments: [String], environment: [String: String] = [:], within limit: Duration = .seconds(20)
) async throws -> (exit: RunningProgram.Exit, output: String, errors: String) {
    try await withProgram(program, arguments, environment: environment) { program in
        let exit = try await program.exit(within: limit)
        return (exit, program.standardOutput, program.standardError)
    }
}

/// Runs a body with the program, and ends it, whatever happens.
public func withProgram<Value>(
    _ program: Program, _ arguments: [String], environment: [String: String] = [:],
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
