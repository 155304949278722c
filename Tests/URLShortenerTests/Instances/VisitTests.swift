import NIOCore
import NIOPosix
import Redis
import Synchronization
import TestSupport
import Testing

@testable import URLShortener

@Suite("Links with a greatest number of visits", .serialized)
struct VisitTests {
    private func taken(_ code: String, _ fleet: Fleet) async throws -> Int {
        try await fleet.redis.get(URLShortenerKeys.visitsTaken(code)) ?? 0
    }

    @Test("64 at once through three instances: exactly as many as are allowed")
    func exact() async throws {
        try await withFleet { fleet in
            for maximum in [1, 10, 100] {
                let link = try await fleet[0].create(NewLink(url: "http://a", maxVisits: maximum))
                let allowed = try await withThrowingTaskGroup(of: Int.self) { group in
                    for caller in 0..<64 {
                        group.addTask {
                            var allowed = 0
                            for _ in 0..<4 {
                                if try await fleet[caller].takeVisit(of: link.code, link.record) == .allowed { allowed += 1 }
                                _ = try await fleet[caller].takeVisit(of: link.code, link.record, counting: false)
                            }
                            return allowed
                        }
                    }
                    return try await group.reduce(0, +)
                }
                #expect(allowed == maximum)
                #expect(try await fleet[1].takeVisit(of: link.code, link.record, counting: false) == .usedUp)
                #expect(try await taken(link.code, fleet) == maximum)
            }
        }
    }

    @Test("On event loops, without a task: as exact")
    func onEventLoops() async throws {
        try await withFleet { fleet in
            let link = try await fleet[0].create(NewLink(url: "http://a", maxVisits: 100))
            let allowances = Tally()
            for caller in 0..<300 {
                let shortener = fleet[caller]
                let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
                let connection = try #require(shortener.redis.connection(on: eventLoop))
                eventLoop.execute {
                    shortener.takeVisit(of: link.code, link.record, on: connection) { result in
                        allowances.note(try? result.get())
                    }
                }
            }
            try await eventually("all are answered", within: .seconds(30)) { allowances.count == 300 }
            #expect(allowances.count(of: .allowed) == 100)
            #expect(allowances.count(of: .usedUp) == 200)
        }
    }

    @Test("Connections cut and scripts flushed: never one too many")
    func faults() async throws {
        try await withFleet { fleet in
            let link = try await fleet[0].create(NewLink(url: "http://a", maxVisits: 500))
            let allowed = Tally()
            try await withThrowingTaskGroup { group in
                for caller in 0..<32 {
                    group.addTask {
                        while true {
                            switch try? await fleet[caller].takeVisit(of: link.code, link.record) {
                            case .allowed: allowed.note(.allowed)
                            case .usedUp: return
                            case .linkChanged:
                                Issue.record("nobody has changed it")
                                return
                            case nil: try await Task.sleep(for: .milliseconds(5))
                            }
                        }
                    }
                }
                for cut in 1...10 {
                    try await eventually("visits are taken", within: .seconds(60)) {
                        try await taken(link.code, fleet) >= cut * 45
                    }
                    await fleet.cut()
                }
                try await group.waitForAll()
            }
            #expect(try await taken(link.code, fleet) == 500)
            #expect(allowed.count(of: .allowed) <= 500)
        }
    }

    @Test("A link that was changed or deleted since is not visited as it was")
    func changed() async throws {
        try await withFleet { fleet in
            let link = try await fleet[0].create(NewLink(url: "http://a", maxVisits: 1, owner: "o"))
            #expect(try await fleet[0].takeVisit(of: link.code, link.record) == .allowed)
            let more = try await fleet[1].change(link.code, LinkChange(maxVisits: .set(3)), by: .user("o"))
            #expect(try await fleet[2].takeVisit(of: link.code, link.record) == .linkChanged)
            for _ in 0..<2 { #expect(try await fleet[2].takeVisit(of: link.code, more.record) == .allowed) }
            #expect(try await fleet[2].takeVisit(of: link.code, more.record) == .usedUp, "earlier visits count")
            let without = try await fleet[1].change(link.code, LinkChange(maxVisits: .removed), by: .user("o"))
            #expect(try await fleet[2].takeVisit(of: link.code, without.record) == .allowed)
            try await fleet[1].delete(link.code, by: .user("o"))
            #expect(try await fleet[2].takeVisit(of: link.code, more.record) == .linkChanged)
        }
    }
}

/// What visitors were answered, gathered from many tasks; nil: an error.
private final class Tally: Sendable {
    private let answers = Mutex<[VisitAllowance?]>([])

    var count: Int { answers.withLock { $0.count } }

    func note(_ answer: VisitAllowance?) { answers.withLock { $0.append(answer) } }

    func count(of answer: VisitAllowance) -> Int { answers.withLock { $0.count { $0 == answer } } }
}

extension URLShortener {
    /// As an event loop takes a visit, for a task.
    fileprivate func takeVisit(
        of code: String, _ record: LinkRecord, counting: Bool = true
    ) async throws(URLShortenerError) -> VisitAllowance {
        let connection = redis.connection()
        return try await withCheckedContinuation { continuation in
            connection.eventLoop.execute {
                self.takeVisit(of: code, record, counting: counting, on: connection) { continuation.resume(returning: $0) }
            }
        }.get()
    }
}
