import NIOCore
import Synchronization

@testable import ServiceKit

/// A responder that answers at once, later or not at all. On one event loop.
final class Desk {
    enum Decision {
        case now, later, refuse
    }

    /// What to do with the request for a path: by default what the path begins with.
    var decide: (String) -> Decision = { path in
        if path.hasPrefix("refuse") { .refuse } else if path.hasPrefix("later") { .later } else { .now }
    }
    /// The paths of all requests that have been taken.
    private(set) var asked: [String] = []
    private(set) var held: [(path: String, reply: HotPathReply)] = []
    /// Answers what is held by itself, after up to 3 ms, in no order. nil: only when told to.
    var answersSoonOn: (any EventLoop)?

    func respond(_ request: HotPathRequest, _ reply: HotPathReply) -> Bool {
        let path = String(decoding: request.path, as: UTF8.self)
        switch decide(path) {
        case .refuse: return false
        case .later:
            held.append((path, reply))
            answersSoonOn?.assumeIsolated().scheduleTask(in: .microseconds(.random(in: 0...3000))) { [self] in
                release(.random(in: held.indices))
            }
        case .now: Self.answer(path, reply)
        }
        asked.append(path)
        return true
    }

    /// Answers a request that was held, by its place among those.
    func release(_ index: Int = 0) {
        let (path, reply) = held.remove(at: index)
        Self.answer(path, reply)
    }

    func releaseAll(backwards: Bool = false) {
        while !held.isEmpty { release(backwards ? held.count - 1 : 0) }
    }

    private static func answer(_ path: String, _ reply: HotPathReply) {
        reply.send { $0.writeString(answer(to: path)) }
    }

    static func answer(to path: String) -> String {
        "HTTP/1.1 200 OK\r\nby: hot path\r\ncontent-length: \(path.utf8.count)\r\n\r\n\(path)"
    }
}

/// The desks of all event loops.
final class Desks: Sendable {
    private let desks = Mutex<[NIOLoopBound<Desk>]>([])
    private let answerSoon: Bool

    init(answerSoon: Bool = false) {
        self.answerSoon = answerSoon
    }

    var all: [NIOLoopBound<Desk>] { desks.withLock { $0 } }

    /// Runs the body with each desk on its event loop.
    func each<Value: Sendable>(_ body: @escaping @Sendable (Desk) -> Value) async throws -> [Value] {
        var values: [Value] = []
        for desk in all { values.append(try await desk.eventLoop.submit { body(desk.value) }.get()) }
        return values
    }

    /// How many requests have been taken.
    var asked: Int {
        get async throws { try await each { $0.asked.count }.reduce(0, +) }
    }

    func hotPath(_ prefix: String = "/hot/") -> HotPath {
        HotPath(prefix: prefix) { eventLoop in
            let desk = Desk()
            if self.answerSoon { desk.answersSoonOn = eventLoop }
            self.desks.withLock { $0.append(NIOLoopBound(desk, eventLoop: eventLoop)) }
            return desk.respond
        }
    }
}
