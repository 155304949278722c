import EmbeddedRedis
import Foundation
import Redis
import TestSupport
import Testing

@testable import URLShortener

@Suite("No code is ever given for two URLs, whatever happens to Redis", .serialized)
struct FaultTests {
    private static let patience = Duration.milliseconds(500)

    private func grows(_ ledger: Ledger, by count: Int) async throws {
        let before = ledger.count
        try await eventually("links are created", within: .seconds(90)) { ledger.count >= before + count }
    }

    private func expectAll(_ urls: [String: String], on fleet: Fleet, mayBeAbsent: Bool = false) async throws {
        var absent = 0
        // A client of its own: the fleet's may still refuse what it saw failing.
        try await withClient(of: fleet.server) { redis in
            let fleet = Fleet(server: fleet.server, shorteners: fleet.shorteners, redis: redis)
            for (code, url) in urls {
                let destination = try await fleet.destination(of: code)
                if destination == nil { absent += 1 }
                #expect(destination == url || mayBeAbsent && destination == nil, "\(code) leads to \(destination ?? "nothing")")
            }
        }
        if mayBeAbsent { #expect(absent > 0, "something was lost, or this shows nothing") }
    }

    @Test("Killed and restarted under 64 creators: every acknowledged link is there")
    func killed() async throws {
        try await withRedis(durability: .always) { server, redis in
            try await withFleet(on: server, redis, patience: Self.patience) { fleet in
                let ledger = Ledger()
                try await whileCreating(64, on: fleet, ledger) {
                    for _ in 0..<3 {
                        try await grows(ledger, by: 300)
                        await server.kill()
                        try await server.restart()
                    }
                    try await grows(ledger, by: 300)
                }
                try await fleet.becomesReady()
                #expect(ledger.violations.isEmpty)
                try await expectAll(ledger.urls, on: fleet)
            }
        }
    }

    @Test("Comes back with older data, twice the same: what was lost is absent and never another's", arguments: [false, true])
    func olderSnapshot(isSequential: Bool) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "shortener-\(UInt64.random(in: .min ... .max))")
        defer { try? FileManager.default.removeItem(at: folder) }
        let server = try await EmbeddedRedis.start(.init(directory: folder.path + "/data", durability: .always))
        do {
            try await withClient(of: server) { redis in
                try await withFleet(
                    on: server, redis, patience: Self.patience,
                    configure: {
                        $0.isSequential = isSequential
                        $0.identifiersPerLease = 100
                    }
                ) { fleet in
                    try await losesData(fleet, folder)
                }
            }
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    private func losesData(_ fleet: Fleet, _ folder: URL) async throws {
        let files = FileManager.default
        let data = folder.appending(path: "data/appendonlydir")
        let copy = folder.appending(path: "copy")
        let ledger = Ledger()
        var old: [String: String] = [:]
        var lost: [String: String] = [:]
        var last: [String: String] = [:]
        try await whileCreating(64, on: fleet, ledger) {
            try await grows(ledger, by: 300)
            old = ledger.urls
            try files.copyItem(at: data, to: copy)
            for _ in 0..<2 {
                try await grows(ledger, by: 500)
                await fleet.server.kill()
                try files.removeItem(at: data)
                try files.copyItem(at: copy, to: data)
                try await fleet.server.restart()
                lost = ledger.urls
            }
            try await fleet.becomesReady()
            // One that began before may have been written before, and lost before its creator was told.
            ledger.beginEpoch()
            try await grows(ledger, by: 500)
            last = ledger.recentURLs
        }
        try await fleet.becomesReady()
        #expect(ledger.violations.isEmpty)
        try await expectAll(old, on: fleet)
        #expect(last.count > 100)
        try await expectAll(last, on: fleet)
        try await expectAll(lost, on: fleet, mayBeAbsent: true)
    }

    @Test("Scripts flushed and connections cut under 64 creators: every acknowledged link is there")
    func cut() async throws {
        try await withFleet { fleet in
            let ledger = Ledger()
            try await whileCreating(64, on: fleet, ledger) {
                for _ in 0..<15 {
                    try await grows(ledger, by: 40)
                    await fleet.cut()
                }
            }
            #expect(ledger.violations.isEmpty)
            try await expectAll(ledger.urls, on: fleet)
        }
    }

    @Test("A Redis that has lost everything: codes go on, none comes again, and the key of the codes is as it was")
    func flushed() async throws {
        try await withFleet { fleet in
            let ledger = Ledger()
            let key = try await fleet[0].sharedSettings()
            try await whileCreating(16, on: fleet, ledger) {
                for _ in 0..<3 {
                    try await grows(ledger, by: 300)
                    _ = try await fleet.redis.send(RedisCommand("FLUSHALL"))
                }
                try await grows(ledger, by: 300)
            }
            #expect(ledger.violations.isEmpty)
            try await eventually("the settings are back") {
                try await fleet.redis.send(RedisCommand("EXISTS", URLShortenerKeys.settings)).decode() == 1
            }
            let shared = try await SharedSettings.share(.random(), on: fleet.redis, deadline: .seconds(10))
            #expect(shared == key)
        }
    }

    @Test("Without Redis there is an error in time, and readiness says so; with it all is well")
    func away() async throws {
        try await withFleet(patience: Self.patience) { fleet in
            await fleet.server.kill()
            for shortener in fleet.shorteners {
                let start = ContinuousClock.now
                await #expect(throws: URLShortenerError.self) {
                    try await shortener.create(NewLink(url: "http://a", alias: "alias"))
                }
                await #expect(throws: URLShortenerError.self) { try await shortener.link("alias") }
                await #expect(throws: URLShortenerError.self) { try await shortener.probe() }
                let batch = await shortener.create([NewLink(url: "http://a", alias: "alias2"), NewLink(url: "bad")])
                #expect(throws: URLShortenerError.self) { try batch[0].get() }
                #expect(ContinuousClock.now - start < .seconds(15))
            }
            try await fleet.server.restart()
            try await fleet.becomesReady()
            for shortener in fleet.shorteners {
                try await eventually("links are created again") {
                    try await shortener.create(NewLink(url: "http://a")).url == "http://a"
                }
            }
        }
    }

    @Test("A Redis that has stalled: the error comes in time, and what was unclear is never doubled")
    func paused() async throws {
        try await withFleet(of: 1, patience: .milliseconds(300)) { fleet in
            fleet.server.pause()
            await #expect(throws: URLShortenerError.self) { try await fleet[0].create(NewLink(url: "http://a")) }
            fleet.server.resume()
            try await fleet.becomesReady()
            let link = try await fleet[0].create(NewLink(url: "http://b"))
            #expect(try await fleet.destination(of: link.code) == "http://b")
        }
    }
}
