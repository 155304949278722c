import EmbeddedRedis
import Foundation
import Redis
import TestSupport
import Testing

/// `news-feed worker`: fan-out beside the services that accept posts.
@Suite(.slots(2), .serialized)
struct WorkerCommandTests {
    @Test func `what services leave it brings to readers, and it has health and metrics, and nothing else`() async throws {
        try await withFeedFleet(of: 1, ["--worker-lanes", "0"]) { server, services in
            try await services[0].follow("reader", "ann")
            #expect(try await services[0].feed(of: "reader").isEmpty)
            let ids = try await [services[0].post("ann").id, services[0].post("ann").id]
            let ready = try await services[0].request("GET", "/health/ready").json(ReadyBody.self)
            #expect(ready.queue.waiting == 2)
            try await withService(.newsFeed, command: "worker", ["--redis", server.url, "--worker-lanes", "1"]) { worker in
                try await services[0].settles()
                #expect(try await services[0].feed(of: "reader").map(\.id) == ids.reversed())
                try await worker.becomesReady()
                #expect(try await worker.metrics().value("news_feed_timeline_entries_total") == 2)
                for target in ["/", "/v1/feed", "/v1/posts/\(ids[0])"] {
                    try expectProblem(try await worker.ask("GET", target, as: "ann"), 404)
                }
                worker.program.signal(SIGTERM)
                #expect(try await worker.program.exit() == .code(0), "\(worker.program.standardError)")
            }
        }
    }

    @Test func `without --redis it waits for the service's private one, and never starts one`() async throws {
        try await withTemporaryFolder { folder in
            try await withService(.newsFeed, command: "worker", dataDirectory: folder) { worker in
                try await worker.becomesUnready()
                #expect(!FileManager.default.fileExists(atPath: folder + "/redis"))
                try await withService(.newsFeed, ["--worker-lanes", "0"], dataDirectory: folder) { service in
                    try await service.becomesReady()
                    try await worker.becomesReady()
                    try await service.follow("reader", "ann")
                    _ = try await service.post("ann")
                    try await service.settles()
                }
                try await worker.becomesUnready()
                worker.program.signal(SIGTERM)
                #expect(try await worker.program.exit() == .code(0), "\(worker.program.standardError)")
            }
        }
    }
}
