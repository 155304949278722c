import EmbeddedRedis
import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Chromium's DevTools protocol over a socket: calls, their answers and events, all of them JSON with a NUL behind each.
final class DevTools: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private struct State {
        var lastNumber = 0
        var waiting: [Int: CheckedContinuation<Data, any Error>] = [:]
        var events: [Data] = []
        var hasEnded = false
    }
    private let state = Mutex(State())
    private let socket: FileDescriptor
    private let writing = Mutex(())

    init(_ socket: FileDescriptor) {
        self.socket = socket
        Thread.detachNewThread { [self] in readToEnd() }
    }

    /// Tells the browser that nothing more will come, upon which it ends.
    func close() {
        _ = shutdown(socket.number, Int32(SHUT_RDWR))
    }

    /// What the browser told without having been asked, in the order in which it came.
    var events: [Data] { state.withLock { $0.events } }

    private struct Call<Parameters: Encodable>: Encodable {
        let id: Int
        let sessionId: String?
        let method: String
        let params: Parameters
    }
    private struct Answer<Value: Decodable>: Decodable {
        struct Refusal: Decodable { let message: String }
        let result: Value?
        let error: Refusal?
    }
    private struct Header: Decodable { let id: Int? }

    /// - Parameter session: of a page; nil: the browser itself is meant.
    func call<Value: Decodable>(
        _ method: String, _ parameters: some Encodable, session: String? = nil, within limit: Duration = .seconds(60),
        as type: Value.Type = Value.self
    ) async throws -> Value {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        let call = try JSONEncoder().encode(Call(id: number, sessionId: session, method: method, params: parameters))
        let patience = Task {
            try await Task.sleep(for: limit)
            resume(number, with: .failure(Failure(description: "\(method): no answer within \(limit)")))
        }
        defer { patience.cancel() }
        let data = try await withCheckedThrowingContinuation { continuation in
            let hasEnded = state.withLock { state in
                if !state.hasEnded { state.waiting[number] = continuation }
                return state.hasEnded
            }
            guard !hasEnded else { return continuation.resume(throwing: Failure(description: "The browser has ended.")) }
            write(call + [0])
        }
        let answer = try JSONDecoder().decode(Answer<Value>.self, from: data)
        guard let result = answer.result else { throw Failure(description: "\(method): \(answer.error?.message ?? "no result")") }
        return result
    }

    private func resume(_ number: Int, with result: Result<Data, any Error>) {
        state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(with: result)
    }

    /// Waits, if the socket's buffer is full, until the browser has read some of it.
    private func write(_ message: Data) {
        writing.withLock { _ in
            var rest = [UInt8](message)[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { send(socket.number, $0.baseAddress, $0.count, UnixSocket.noSignal) }
                guard count > 0 || errno == EINTR else { return }
                rest = rest.dropFirst(max(0, count))
            }
        }
    }

    private func readToEnd() {
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        var message = Data()
        while true {
            let count = recv(socket.number, &chunk, chunk.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            for (index, part) in chunk[..<count].split(separator: 0, omittingEmptySubsequences: false).enumerated() {
                if index > 0 {
                    take(message)
                    message = Data()
                }
                message += part
            }
        }
        let waiting = state.withLock { state in
            state.hasEnded = true
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume(throwing: Failure(description: "The browser has ended.")) }
    }

    private func take(_ message: Data) {
        if let number = (try? JSONDecoder().decode(Header.self, from: message))?.id {
            resume(number, with: .success(message))
        } else {
            state.withLock { $0.events.append(message) }
        }
    }
}
