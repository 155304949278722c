import Foundation
import TestSupport
import Testing

/// The protocol from outside: a client in another language, with another implementation of WebSockets.
@Suite(.slots(2))
struct PythonClientTests {
    /// A Python that has the package `websockets`. On Debian `./dev test` installs it for the system's.
    private static func python() async throws -> Program {
        let paths = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/python3" }
        for path in ["/usr/bin/python3"] + paths where FileManager.default.isExecutableFile(atPath: path) {
            let result = try await run(.at(path), ["-c", "import websockets"], within: .seconds(60))
            if result.exit == .code(0) { return .at(path) }
        }
        throw NoWebSockets()
    }

    private struct NoWebSockets: Error, CustomStringConvertible {
        let description = "There is no Python with the package websockets (Debian: python3-websockets); ./dev setup installs it."
    }

    @Test func `a client in Python finds everything as it should be`() async throws {
        let python = try await Self.python()
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "chat_client.py").path
        try await withChatFleet { _, services in
            let result = try await run(python, [script] + services.map { "\($0.port)" }, within: .seconds(120))
            #expect(result.exit == .code(0) && result.output.contains("all is as it should be"), "\(result)")
        }
    }
}
