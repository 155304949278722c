import EmbeddedRedis
import Foundation
import Redis
import TestSupport
import Testing

/// What was accepted is there, whatever is killed.
@Suite(.slots(2), .serialized)
struct KilledServiceTests {
    @Test func `killed behind a 202, with Redis killed too, another instance has the post and brings it to readers`()
        async throws
    {
        try await withFeedFleet(of: 1, durability: .always) { server, services in
            try await withClient(of: server) { redis in
                try await services[0].follow("reader", "ann")
                #expect(try await services[0].feed(of: "reader").isEmpty)
                var ids: [String] = []
                for round in 0..<4 {
                    try await withService(.newsFeed, ["--redis", server.url]) { victim in
                        try await victim.becomesReady()
                        ids.insert(try await victim.post("ann", "\(round)").id, at: 0)
                        victim.program.signal(SIGKILL)
                        #expect(try await victim.program.exit() == .signal(SIGKILL))
                    }
                    if round % 2 == 1 {
                        await server.kill()
                        try await server.restart()
                        try await redis.reconnects()
                        try await services[0].becomesReady()
                    }
                    #expect(try await services[0].part("/v1/posts/\(ids[0])", as: "reader", PostBody.self).text == "\(round)")
                    #expect(try await services[0].feed(of: "ann").map(\.id) == ids)
                    try await leaveBehind(redis)
                    try await services[0].settles()
                    #expect(try await services[0].feed(of: "reader").map(\.id) == ids)
                }
            }
        }
    }

    @Test func `killed under many requests, none of the posts that were accepted is missing or there twice`() async throws {
        try await withFeedFleet(of: 1, durability: .always) { server, services in
            try await withClient(of: server) { redis in
                try await services[0].follow("reader", "ann")
                #expect(try await services[0].feed(of: "reader").isEmpty)
                let accepted = try await withService(.newsFeed, ["--redis", server.url]) { victim in
                    try await victim.becomesReady()
                    return await withTaskGroup { group in
                        for _ in 0..<8 {
                            group.addTask {
                                var ids: [String] = []
                                while let reply = try? await victim.ask("POST", "/v1/posts", as: "ann", #"{"text":"a"}"#) {
                                    guard reply.status == 202, let body = try? reply.json(AcceptedBody.self) else { break }
                                    ids.append(body.id)
                                    if ids.count == 20 { victim.program.signal(SIGKILL) }
                                }
                                return ids
                            }
                        }
                        return await group.reduce(into: [String]()) { $0 += $1 }
                    }
                }
                #expect(accepted.count >= 20)
                try await leaveBehind(redis)
                try await services[0].settles()
                let feed = try await services[0].feed(of: "reader").map(\.id)
                #expect(Set(feed).isSuperset(of: accepted) && Set(feed).count == feed.count)
                // One request of each client may have been under way.
                #expect(feed.count <= accepted.count + 8)
                #expect(feed == feed.sorted(by: >))
                #expect(try await services[0].feed(of: "ann").map(\.id) == feed)
            }
        }
    }

    @Test func `with its private Redis, killed behind a 202, it has the post when it is started again`() async throws {
        try await withTemporaryFolder { folder in
            let (id, redis) = try await withService(.newsFeed, ["--fsync", "always"], dataDirectory: folder) { service in
                try await service.becomesReady()
                try await service.follow("reader", "ann")
                let redis = try privateRedis(in: folder)
                let id = try await service.post("ann", "kept").id
                service.program.signal(SIGKILL)
                #expect(try await service.program.exit() == .signal(SIGKILL))
                return (id, redis)
            }
            try await eventually("redis-server has ended") { !isAlive(redis) }
            try await withService(.newsFeed, ["--fsync", "always"], dataDirectory: folder) { service in
                try await service.becomesReady()
                #expect(try await service.part("/v1/posts/\(id)", as: "reader", PostBody.self).text == "kept")
                #expect(try await service.feed(of: "reader").map(\.id) == [id])
                let first = try privateRedis(in: folder)
                let second = try await service.post("ann", "kept too").id
                kill(first, SIGKILL)
                try await eventually("another one runs") { try privateRedis(in: folder) != first }
                try await service.becomesReady()
                #expect(try await service.feed(of: "ann").map(\.id) == [second, id])
            }
        }
    }
}
