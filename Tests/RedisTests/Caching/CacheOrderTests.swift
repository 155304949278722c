@testable import Redis
import TestSupport
import Testing

/// Replies and invalidations travel on different connections: whichever comes first, nothing stale stays.
@Suite(.timeLimit(.minutes(2))) struct CacheOrderTests {
    enum Cut: CaseIterable { case write, removal, flush, forget }

    @Test(arguments: Cut.allCases) func aWriteThatIsHeardWhileAReadIsUnderWay(cut: Cut) async throws {
        try await withRelayedCache { cache, relay, direct, _ in
            try await direct.set(cached: "a", to: "old")
            try await cache.catchUp(writingTo: direct)

            try await relay.hold(.commands)
            let before = try await direct.executedReads()
            let early = Task { try await cache.value(of: "a") }
            try await eventually { try await direct.executedReads() == before + 1 }
            let new: String?
            switch cut {
            case .write, .forget:
                try await direct.set(cached: "a", to: "new")
                new = "new"
            case .removal:
                try await direct.delete(["cached:a"])
                new = nil
            case .flush:
                _ = try await direct.send(RedisCommand("FLUSHALL"))
                new = nil
            }
            if cut == .forget { cache.forget("a") }
            // Whoever asks once the write was heard of does not get what was read before it.
            var late: [Task<String?, any Error>] = []
            try await eventually("a read of its own") {
                late.append(Task { try await cache.value(of: "a") })
                return try await direct.executedReads() >= before + 2
            }
            try await relay.release(.commands)

            #expect(try await early.value == "old", "so it was when it was read")
            #expect(try await late.last?.value == .some(new))
            #expect(try await cache.value(of: "a") == new)
            #expect(cache.lastKnown("a") == .some(new))
            #expect(cache.readsUnderWay == 0)
        }
    }

    @Test func aWriteThatIsHeardAfterItsReadLanded() async throws {
        try await withRelayedCache { cache, relay, direct, _ in
            try await direct.set(cached: "a", to: "old")
            try await cache.catchUp(writingTo: direct)
            #expect(try await cache.value(of: "a") == "old")
            try await relay.hold(.tracking)
            try await direct.set(cached: "a", to: "new")
            let acknowledged = ContinuousClock.now
            // Given out for a while, and no longer.
            try await eventually {
                let asked = ContinuousClock.now
                guard let value = cache.known("a") else { return true }
                #expect(value == "old" && asked - acknowledged < TextCache.trustWindow)
                return false
            }
            try await eventually("no proof comes") { !cache.isTrusted }
            #expect(try await cache.value(of: "a") == "new", "Redis answers, so it is asked")
            #expect(cache.known("a") == .none)

            // Nothing was missed: once all has been heard, what was read since counts, unless a write came after.
            try await relay.release(.tracking)
            try await cache.catchUp(writingTo: direct)
            #expect(cache.known("a") != .some("old"))
            #expect(try await cache.value(of: "a") == "new")
        }
    }
}
