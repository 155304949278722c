import NIOCore
import NIOPosix

/// All clients of a run, spread over event loops by group.
struct Clients: Sendable {
    struct Plan: Sendable {
        let endpoints: [Endpoint]
        let dialect: Dialect
        let groups: Int
        let members: Int
    }

    /// So many connections are made at once on an event loop.
    private static let atOnce = 64
    /// For late copies of messages.
    private static let rest = Duration.milliseconds(200)

    private let loads: [NIOLoopBound<Load>]
    private let loops: [any EventLoop]

    init(_ options: ClientOptions) async throws {
        let plan = Clients.Plan(
            endpoints: try options.endpoints(), dialect: options.server, groups: options.groups, members: options.members)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: min(options.threads, options.groups))
        loops = Array(group.makeIterator())
        loads = try await Self.each(loops) { index, loop in
            try await loop.submit { NIOLoopBound(Load(on: loop), eventLoop: loop) }.get()
        }
        let (loops, loads) = (loops, loads)
        _ = try await Self.each(loops) { index, loop in
            for number in stride(from: index, to: plan.groups, by: loops.count) {
                for start in stride(from: 0, to: plan.members, by: Self.atOnce) {
                    let members = start..<min(plan.members, start + Self.atOnce)
                    try await loop.flatSubmit { loads[index].value.connect(number, plan, members: members) }.get()
                }
            }
        }
        // Where servers do not say when a client will hear everything.
        if !plan.dialect.hasWelcome { try await Task.sleep(for: .seconds(1)) }
    }

    /// Lets all groups converse. Afterwards no message has come twice, and none is missing.
    func converse(_ pace: Load.Pace, for duration: TimeAmount) async throws -> Load.Tally {
        var share = pace
        if case .rate(let rate) = pace { share = .rate(rate / Double(loops.count)) }
        let (pace, loads) = (share, loads)
        let tallies = try await Self.each(loops) { index, loop in
            try await loop.flatSubmit { loads[index].value.converse(pace, for: duration) }.get()
        }
        return tallies.reduce(into: Load.Tally()) { sum, tally in
            sum.messages += tally.messages
            sum.deliveries += tally.deliveries
            sum.latencies += tally.latencies
        }
    }

    /// - Throws: what has gone wrong meanwhile.
    func check() async throws {
        try await Task.sleep(for: Self.rest)
        let loads = loads
        _ = try await Self.each(loops) { index, loop in try await loop.submit { try loads[index].value.check() }.get() }
    }

    private static func each<Result: Sendable>(
        _ loops: [any EventLoop], _ body: @escaping @Sendable (Int, any EventLoop) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            for (index, loop) in loops.enumerated() { group.addTask { (index, try await body(index, loop)) } }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
