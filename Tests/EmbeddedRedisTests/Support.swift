import Foundation
import Testing

@testable import EmbeddedRedis

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A folder that exists for one test.
struct TestFolder: ~Copyable {
    let path: String

    init(name: String = "data") {
        root = FileManager.default.temporaryDirectory.path + "/embedded-redis-tests-" + UUID().uuidString
        path = root + "/" + name
    }

    private let root: String

    deinit {
        try? FileManager.default.removeItem(atPath: root)
    }
}

extension EmbeddedRedis {
    /// The first line of the answer to a command; `nil` if there is none within twenty seconds: a disk that is
    /// busy makes a server wait that writes each command down.
    func ask(_ command: String...) async -> String? {
        await UnixSocket.ask(command, at: socketPath, within: .seconds(20))
    }

    /// The given number of lines of the answer to a command.
    func ask(_ command: String..., lines count: Int) async throws -> [String] {
        let socket = try #require(UnixSocket.connect(to: socketPath))
        let request = Array(UnixSocket.encode(command).utf8)
        #expect(send(socket.number, request, request.count, UnixSocket.noSignal) == request.count)
        var text = ""
        let isComplete = try await eventually {
            var chunk = [UInt8](repeating: 0, count: 1_024)
            let received = recv(socket.number, &chunk, chunk.count, 0)
            if received > 0 { text += String(decoding: chunk[..<received], as: UTF8.self) }
            return text.components(separatedBy: "\r\n").count > count
        }
        try #require(isComplete)
        return Array(text.components(separatedBy: "\r\n").prefix(count))
    }
}

func eventually(within limit: Duration = .seconds(15), _ condition: () async -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if await condition() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return await condition()
}

func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
}
