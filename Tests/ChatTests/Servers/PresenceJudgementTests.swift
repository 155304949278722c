import Testing

@testable import Chat

@Suite("Who is online, by what is entered")
struct PresenceJudgementTests {
    private let here = ServerID(text: "here")

    private func leases(_ ends: [String: Int], renewals: [String: Int] = [:], isSettled: Bool = true) -> LeaseTable {
        LeaseTable(now: 1_000, clock: 900, isSettled: isSettled, state: "s", ends: ends, renewals: renewals)
    }

    private func judge(_ servers: [String], lastSeen: Int? = nil, local: Int = 0, _ leases: LeaseTable, isHeld: Bool = true)
        -> Presence?
    {
        .judge("ann", servers: servers, lastSeen: lastSeen, local: local, here: here, leases: leases, isHeld: isHeld)
    }

    @Test("A connection counts as long as its server's lease lasts, by the leases' own clock")
    func leases() {
        let presence = judge(["a", "b", "c", "a"], leases(["a": 901, "b": 900], renewals: ["b": 880, "c": 870]))
        #expect(presence?.connections == 2 && presence?.isOnline == true)
        #expect(presence?.lastSeenAt == 880)
        #expect(judge(["b"], lastSeen: 950, leases(["b": 900], renewals: ["b": 880]))?.lastSeenAt == 950)
        #expect(judge([], leases([:])) == Presence(user: "ann", isOnline: false, lastSeenAt: nil, connections: 0))
    }

    @Test("Connections to this server count without being entered, and once")
    func local() {
        #expect(judge([], local: 2, leases([:]))?.connections == 2)
        #expect(judge(["here", "a"], local: 1, leases(["here": 950, "a": 950]))?.connections == 2)
        #expect(judge(["here"], local: 0, leases(["here": 950]))?.isOnline == false)
        #expect(judge([], local: 1, leases([:], isSettled: false), isHeld: false)?.isOnline == true)
    }

    @Test("Nobody is offline for certain before all servers had time to say who is connected")
    func unsettled() {
        #expect(judge(["b"], leases(["b": 800], isSettled: false)) == nil)
        #expect(judge([], leases([:]), isHeld: false) == nil)
        #expect(judge(["a"], leases(["a": 950], isSettled: false))?.isOnline == true)
    }
}
