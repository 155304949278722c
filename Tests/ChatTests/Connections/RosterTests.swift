import Synchronization
import TestSupport
import Testing

@testable import Chat

@Suite("Which groups come to a server")
struct RosterTests {
    @Test("A group is given up when its last member has gone from every event loop, and not when one comes in time")
    func abandoned() {
        let roster = GroupRoster()
        roster.add("g")
        roster.add("g")
        roster.remove("g")
        #expect(roster.takeAbandoned() == [])
        roster.remove("g")
        roster.add("g")
        #expect(roster.takeAbandoned() == [])
        roster.remove("g")
        #expect(roster.takeAbandoned() == ["g"])
        #expect(roster.takeAbandoned() == [])
        roster.add("g")
        roster.finishGivingUp(["g"])
        #expect(roster.takeDoubtful() == ["g"])
        #expect(roster.takeDoubtful() == [])
    }

    @Test("Messages of a group that nobody here belongs to are given up, too")
    func strays() {
        let roster = GroupRoster()
        roster.add("g")
        roster.noteStray("g")
        roster.noteStray("stray")
        #expect(roster.takeAbandoned() == ["stray"])
    }

    @Test("Whoever enters a group while it is given up notices")
    func entering() {
        let roster = GroupRoster()
        roster.add("g")
        roster.remove("g")
        let turn = roster.turn
        #expect(roster.takeAbandoned() == ["g"])
        roster.add("g")
        #expect(roster.wereGivenUp(["other", "g"], since: turn))
        #expect(!roster.wereGivenUp(["other"], since: turn))
    }

    @Test("Whoever asks while a group is being given up, and comes when it is, notices")
    func enteringLate() {
        let roster = GroupRoster()
        roster.add("g")
        roster.remove("g")
        #expect(roster.takeAbandoned() == ["g"])
        let turn = roster.turn
        roster.finishGivingUp(["g"])
        #expect(roster.takeDoubtful() == [])
        roster.add("g")
        #expect(roster.wereGivenUp(["g"], since: turn))
        #expect(!roster.wereGivenUp(["g"], since: roster.turn))
        roster.noteDoubt(ifGivenUpLately: "g")
        #expect(roster.takeDoubtful() == ["g"])
    }

    @Test("What is heard while a user's groups are asked for counts more than the answer")
    func heardMeanwhile() {
        let user = LocalUser("ann")
        user.beginEntering()
        #expect(user.join("new"))
        #expect(!user.leave("old"))
        // Another connection asks, too.
        user.beginEntering()
        let (joined, left) = user.endEntering(["old", "g"])
        #expect(joined == ["g"] && left == [])
        #expect(user.endEntering(["old", "g", "new"]).joined == [])
        #expect(user.groups == ["g", "new"])
        // What was heard before is in the answer.
        #expect(user.leave("g"))
        user.beginEntering()
        #expect(user.endEntering(["g", "old"]).joined == ["g", "old"])
        #expect(user.groups == ["g", "old"])
        user.beginEntering()
        #expect(user.endEntering(nil).left == [])
        #expect(user.groups == ["g", "old"])
    }

    @Test("Work is begun in its order, no more of it at once than allowed, and all of it")
    func lanes() async throws {
        let lanes = WorkLanes(limit: 3)
        let state = Mutex((running: 0, most: 0, begun: [Int]()))
        for number in 0..<100 {
            lanes.add {
                state.withLock { state in
                    state.running += 1
                    state.most = max(state.most, state.running)
                    state.begun.append(number)
                }
                await Task.yield()
                state.withLock { $0.running -= 1 }
            }
        }
        try await eventually { lanes.isIdle }
        #expect(state.withLock { $0.most } <= 3)
        #expect(state.withLock { $0.begun.sorted() } == Array(0..<100))
    }
}
