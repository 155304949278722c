import EmbeddedRedis
import Foundation
import TestSupport
import Testing

/// `rate-limiter serve` as a process, from the line that says where it listens.
struct RunningService: Sendable {
    let program: RunningProgram
    let host: String
    let port: Int

    func connect(patience: Duration = .seconds(20)) async throws -> HTTPConnection {
        try await HTTPConnection.open(host: host, port: port, patience: patience)
    }

    /// One request on a connection of its own.
    func request(
        _ method: String, _ target: String, headers: [(String, String)] = [], body: String? = nil
    ) async throws -> HTTPReply {
        try await connect().request(method, target, headers: headers, body: body)
    }

    /// Waits until a program says that it answers.
    fileprivate static func listening(_ program: RunningProgram) async throws -> RunningService {
        var address: (host: String, port: Int)?
        try await eventually("the service listens", within: .seconds(20)) {
            address = listeningAddress(in: program.standardOutput)
            return address != nil || program.ended != nil
        }
        guard let address else { throw DidNotListen(output: program.standardOutput, errors: program.standardError) }
        return RunningService(program: program, host: address.host, port: address.port)
    }

    private static func listeningAddress(in output: String) -> (host: String, port: Int)? {
        guard let match = output.wholeMatch(of: #/rate-limiter listening on http:\/\/(\S+):(\d+)\n/#), let port = Int(match.2)
        else { return nil }
        return (String(match.1), port)
    }
}

struct DidNotListen: Error {
    let output: String
    let errors: String
}

/// Runs a body with a service of its own, on a free port, and ends it, whatever happens.
///
/// - Parameters:
///   - arguments: beside `--port 0`.
///   - dataDirectory: nil: a fresh one that goes with the service.
func withService<Value>(
    _ arguments: [String] = [], environment: [String: String] = [:], dataDirectory: String? = nil,
    isolation: isolated (any Actor)? = #isolation, _ body: (RunningService) async throws -> Value
) async throws -> Value {
    try await withTemporaryFolder { folder in
        let arguments = ["--port", "0"] + arguments
        let environment = ["DATA_DIR": dataDirectory ?? folder, "THREADS": "2"].merging(environment) { $1 }
        return try await withProgram(arguments, environment: environment) { program in
            try await body(try await RunningService.listening(program))
        }
    }
}

/// Runs a body with several instances on one Redis.
func withFleet<Value>(
    of count: Int = 3, durability: EmbeddedRedis.Durability = .everySecond,
    isolation: isolated (any Actor)? = #isolation, _ body: (EmbeddedRedis, [RunningService]) async throws -> Value
) async throws -> Value {
    func start(_ more: Int, on server: EmbeddedRedis, _ started: [RunningService]) async throws -> Value {
        guard more > 0 else { return try await body(server, started) }
        return try await withService(["--redis", server.url]) { service in
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

/// Runs a body with a folder that goes afterwards.
func withTemporaryFolder<Value>(
    isolation: isolated (any Actor)? = #isolation, _ body: (String) async throws -> Value
) async throws -> Value {
    let folder = try newTemporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path)
}

func newTemporaryFolder() throws -> URL {
    // Short: the path of a socket below it has to fit.
    let name = "rate-limiter-tests-" + String(UInt64.random(in: .min ... .max), radix: 36)
    let folder = FileManager.default.temporaryDirectory.appending(path: name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
}
