import Foundation
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

/// `--osrm`: ways on real roads, where somebody knows them.
@Suite(.slots(1), .serialized)
struct RoutingServerTests {
    private static let ok = #"{"code":"Ok","waypoints":[],"routes":[{"distance":12345.6,"duration":789.4,"legs":[]}]}"#

    @Test func `a fare has the way that the server knows, and an estimate while it knows nothing`() async throws {
        let server = try await RoutingServer.start()
        try await withService(.rideHailing, ["--osrm", "http://127.0.0.1:\(server.port)"]) { service in
            try await service.becomesReady()
            let here = Place(lat: 40.75, lon: -73.98)
            server.answer = Self.ok
            let fare = try await service.quote("ann", from: here)
            #expect(abs(fare.distanceMeters - 12_346) < 1 && abs(fare.durationSeconds - 789) < 2, "\(fare)")
            let asked = try #require(server.asked.last)
            #expect(asked.hasPrefix("GET /route/v1/driving/-73.98") && asked.contains(",40.75"), "\(asked)")

            // What it answers instead, and silence in the end.
            for answer in [
                "", "{}", "nonsense", #"{"code":"Ok","routes":[]}"#, #"{"code":"Ok","routes":[{"distance":-1,"duration":1}]}"#,
                nil,
            ] {
                server.answer = answer
                let fare = try await service.quote("ann", from: here)
                #expect(fare.distanceMeters >= 2999 && fare.distanceMeters < 6000 && fare.amountCents > 0, "\(fare)")
            }
            server.answer = Self.ok
            try await eventually("it is asked again", within: .seconds(30)) {
                try await service.quote("ann", from: here).distanceMeters > 12_000
            }
        }
    }
}

/// Answers each request, whatever it asks for, with the same.
private final class RoutingServer: Sendable {
    private let channel: any Channel
    private let state: Answers

    final class Answers: Sendable {
        /// nil: none.
        let answer = Mutex<String?>(nil)
        let asked = Mutex<[String]>([])
    }

    private init(_ channel: any Channel, _ state: Answers) { (self.channel, self.state) = (channel, state) }
    deinit { channel.close(promise: nil) }

    var port: Int { channel.localAddress?.port ?? 0 }
    var asked: [String] { state.asked.withLock { $0 } }
    var answer: String? {
        get { state.answer.withLock { $0 } }
        set { state.answer.withLock { $0 = newValue } }
    }

    static func start() async throws -> RoutingServer {
        let state = Answers()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Handler(state)) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return RoutingServer(channel, state)
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let state: Answers
        private var request = ""

        init(_ state: Answers) { self.state = state }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            request += String(buffer: unwrapInboundIn(data))
            guard request.hasSuffix("\r\n\r\n") else { return }
            state.asked.withLock { $0.append(request) }
            request = ""
            guard let answer = state.answer.withLock({ $0 }) else { return }
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(answer.utf8.count)\r\n\r\n"
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: head + answer)), promise: nil)
        }
    }
}
