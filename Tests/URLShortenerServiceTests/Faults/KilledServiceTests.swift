import EmbeddedRedis
import Foundation
import Redis
import TestSupport
import Testing

/// What becomes of the visits of a service that ends.
@Suite(.slots(2), .serialized)
struct KilledServiceTests {
    @Test(arguments: [SIGTERM, SIGINT])
    func `asked to end, it loses none`(_ signal: Int32) async throws {
        try await withShortenerFleet(of: 2, durability: .always) { _, services in
            let link = try await services[0].shorten("https://example.org")
            for round in 1...3 {
                _ = try await services[0].visit(link.id)
                try await eventually("round \(round)") { try await services[1].statistics(of: link.id).visits == round }
            }
            let visitors = try await Visitors.visit([link.id], at: services[0]) { try await $0.keepsOn() }
            services[0].program.signal(signal)
            #expect(try await services[0].program.exit() == .code(0), "\(services[0].program.standardError)")
            try await eventually("all are counted") {
                try await services[1].statistics(of: link.id).visits == visitors.redirected + 3
            }
        }
    }

    @Test func `asked to end under way, it counts each visit that it answered`() async throws {
        try await withShortenerFleet(of: 2, durability: .always) { _, services in
            let link = try await services[0].shorten("https://example.org")
            let visitors = try await Visitors.visit([link.id], at: services[0], endsEarly: true) { visitors in
                try await visitors.keepsOn(by: 500)
                services[0].program.signal(SIGTERM)
                #expect(try await services[0].program.exit() == .code(0))
            }
            // An answer that nobody read any more counts too: one for each client.
            try await eventually("all are counted") {
                let counted = try await services[1].statistics(of: link.id).visits
                return (visitors.redirected...visitors.redirected + 4).contains(counted)
            }
        }
    }

    @Test func `alone with its own Redis, it finds them again`() async throws {
        try await withTemporaryFolder { folder in
            let arguments = ["--create-limit", "off"]
            let (id, count) = try await withService(.urlShortener, arguments, dataDirectory: folder) { service in
                try await service.becomesReady()
                let link = try await service.shorten("https://example.org")
                let visitors = try await Visitors.visit([link.id], at: service) { try await $0.keepsOn() }
                service.program.signal(SIGTERM)
                #expect(try await service.program.exit() == .code(0))
                return (link.id, visitors.redirected)
            }
            try await withService(.urlShortener, arguments, dataDirectory: folder) { service in
                try await service.becomesReady()
                try await eventually("all are counted") { try await service.statistics(of: id).visits == count }
            }
        }
    }

    /// Promised are 200 ms and a round trip; here a busy machine has ten times that.
    @Test func `killed, it loses what it was told last, and nothing else`() async throws {
        try await withShortenerFleet(of: 2, durability: .always) { server, services in
            for _ in 0..<2 {
                let link = try await services[1].shorten("https://example.org")
                var killed = ContinuousClock.now
                try await withService(.urlShortener, ["--redis", server.url]) { victim in
                    try await victim.becomesReady()
                    let visitors = try await Visitors.visit([link.id], at: victim, endsEarly: true) { visitors in
                        let start = ContinuousClock.now
                        try await visitors.keepsOn()
                        try await eventually("some have been counted") {
                            let counted = try await services[1].statistics(of: link.id).visits
                            return counted > 100 && ContinuousClock.now - start > .seconds(3)
                        }
                        killed = .now
                        victim.program.signal(SIGKILL)
                        #expect(try await victim.program.exit() == .signal(SIGKILL))
                    }
                    let certain = visitors.redirected(before: killed - .seconds(2))
                    #expect(certain > 0)
                    try await everywhere(services, "counts what is certain") {
                        try await $0.statistics(of: link.id).visits >= certain
                    }
                    try await allIsCounted(on: server)
                    // One answer of each client may have been under way.
                    let counted = try await services[0].statistics(of: link.id).visits
                    #expect((certain...visitors.redirected + 4).contains(counted))
                }
            }
        }
    }
}

/// Waits until no batch of visits is left to be counted.
func allIsCounted(on server: EmbeddedRedis) async throws {
    try await withClient(of: server) { redis in
        try await eventually("no batch is left", within: .seconds(20)) {
            let left: Int = try await redis.send(RedisCommand("XLEN", "url-shortener:{visits}:stream")).decode()
            return left == 0
        }
    }
}
