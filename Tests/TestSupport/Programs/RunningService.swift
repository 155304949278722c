public import EmbeddedRedis
import Foundation
import Testing

/// A service as a process, from the line that says where it listens.
public struct RunningService: Sendable {
    public let program: RunningProgram
    public let host: String
    public let port: Int

    public func connect(patience: Duration = .seconds(20)) async throws -> HTTPConnection {
        try await HTTPConnection.open(host: host, port: port, patience: patience)
    }

    /// One request on a connection of its own.
    public func request(
        _ method: String, _ target: String, headers: [(String, String)] = [], body: String? = nil
    ) async throws -> HTTPReply {
        try await connect().request(method, target, headers: headers, body: body)
    }

    /// Waits until a program says that it answers.
    fileprivate static func listening(_ program: RunningProgram, named name: String) async throws -> RunningService {
        var address: (host: String, port: Int)?
        try await eventually("the service listens", within: .seconds(20)) {
            address = listeningAddress(of: name, in: program.standardOutput)
            return address != nil || program.ended != nil
        }
        guard let address else { throw DidNotListen(output: program.standardOutput, errors: program.standardError) }
        return RunningService(program: program, host: address.host, port: address.port)
    }

    private static func listeningAddress(of name: String, in output: String) -> (host: String, port: Int)? {
        guard let match = output.wholeMatch(of: #/(\S+) listening on http:\/\/(\S+):(\d+)\n/#), match.1 == name,
            let port = Int(match.3)
        else { return nil }
        return (String(match.2), port)
    }
}

struct DidNotListen: Error {
    let output: String
    let errors: String
}

/// Runs a body with a service of its own, on a free port, and ends it, whatever happens.
///
/// - Parameters:
///   - command: of the program, where it has several that are services.
///   - arguments: beside `--port 0`.
///   - dataDirectory: nil: a fresh one that goes with the service.
public func withService<Value>(
    _ program: Program, command: String = "serve", _ arguments: [String] = [], environment: [String: String] = [:],
    dataDirectory: String? = nil,
    isolation: isolated (any Actor)? = #isolation, _ body: (RunningService) async throws -> Value
) async throws -> Value {
    try await withTemporaryFolder { folder in
        let arguments = [command, "--port", "0"] + arguments
        let environment = ["DATA_DIR": dataDirectory ?? folder, "THREADS": "2"].merging(environment) { $1 }
        return try await withProgram(program, arguments, environment: environment) { running in
            try await body(try await RunningService.listening(running, named: program.name))
        }
    }
}

/// Runs a body with several instances on one Redis.
public func withFleet<Value>(
    _ program: Program, of count: Int = 3, _ arguments: [String] = [], environment: [String: String] = [:],
    durability: EmbeddedRedis.Durability = .everySecond,
    isolation: isolated (any Actor)? = #isolation, _ body: (EmbeddedRedis, [RunningService]) async throws -> Value
) async throws -> Value {
    func start(_ more: Int, on server: EmbeddedRedis, _ started: [RunningService]) async throws -> Value {
        guard more > 0 else { return try await body(server, started) }
        return try await withService(program, ["--redis", server.url] + arguments, environment: environment) { service in
            try await start(more - 1, on: server, started + [service])
        }
    }
    let server = try await EmbeddedRedis.temporary(durability: durability)
    do {
        let value = try await start(count, on: server, [])
        await server.stop()
        return value
    } catch {
        await server.stop()
        throw error
    }
}
