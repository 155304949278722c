import Testing

@testable import RideHailing
@testable import ride_hailing

@Suite("What a driver is shown")
struct DriverBoardTests {
    /// A ride with a history, offered in version 2 and 4, accepted in 5.
    private func ride(_ id: String = "r", version: Int) throws -> Ride {
        let all: [(RideStatus, String?)] = [
            (.requested, "ann"), (.offered, nil), (.requested, "d0"), (.offered, nil), (.accepted, "d1"), (.started, "d1"),
            (.completed, "d1"),
        ]
        let history = all.prefix(version).enumerated().map { index, change in
            RideChange(status: change.0, version: index + 1, by: change.1, atMilliseconds: index)
        }
        let place = try Coordinate(latitude: 1, longitude: 2)
        return Ride(
            id: id, status: all[version - 1].0, version: version, rider: "ann", driver: version >= 5 ? "d1" : nil, reason: nil,
            from: place, to: place, distanceMeters: 1, durationSeconds: 1, amountCents: 1, currency: "USD",
            createdAtMilliseconds: 0, offerEndsAtMilliseconds: 9, history: history)
    }

    @Test("An offer once, and its withdrawal only where it was shown")
    func offers() throws {
        var board = DriverBoard()
        let offered = try ride(version: 4)
        #expect(board.withdraw("r", .taken) == [])
        #expect(board.offer(offered, version: 4) == [.offer(offered)])
        #expect(board.offer(offered, version: 4) == [])
        #expect(board.withdraw("r", .taken) == [.offerWithdrawn(ride: "r", .taken)])
        #expect(board.withdraw("r", .taken) == [])
        // It has gone on since it was told of.
        #expect(board.offer(try ride(version: 5), version: 4) == [])
    }

    @Test("Each version of his ride once and in order, also what has gone by while it was read")
    func versions() throws {
        var board = DriverBoard()
        _ = board.offer(try ride(version: 4), version: 4)
        #expect(board.show(try ride(version: 6), from: 5) == [.ride(try ride(version: 5)), .ride(try ride(version: 6))])
        #expect(board.show(try ride(version: 6), from: 6) == [])
        #expect(board.show(try ride(version: 5), from: 5) == [])
        #expect(board.show(try ride(version: 7), from: 7) == [.ride(try ride(version: 7))])
        #expect(board.show(try ride(version: 7), from: 7) == [])
        #expect(board.withdraw("r", .expired) == [])
    }

    @Test("An accept is answered once, whoever comes first: the answer, or the news")
    func accepting() throws {
        var board = DriverBoard()
        let won = try ride(version: 5)
        board.asks("r")
        #expect(board.accepted(won) == [.ride(won)])
        #expect(board.show(won, from: 5) == [])
        // Repeated, it is answered again.
        board.asks("r")
        #expect(board.accepted(won) == [.ride(won)])

        var other = DriverBoard()
        other.asks("r")
        #expect(other.show(won, from: 5) == [.ride(won)])
        #expect(other.accepted(won) == [])
    }

    @Test("So is a rejection")
    func rejecting() throws {
        var board = DriverBoard()
        _ = board.offer(try ride(version: 4), version: 4)
        board.asks("r")
        #expect(board.withdraw("r", .rejected) == [.offerWithdrawn(ride: "r", .rejected)])
        #expect(board.rejected("r") == [])
        board.asks("r")
        #expect(board.rejected("r") == [.offerWithdrawn(ride: "r", .rejected)])
    }

    @Test("What is read shows what is new and takes back what is gone")
    func reading() throws {
        var board = DriverBoard()
        _ = board.offer(try ride("gone", version: 2), version: 2)
        #expect(board.beginReading() == [])
        let open = try ride("new", version: 4)
        #expect(board.finishReading(offers: [open], rides: []) == [.offerWithdrawn(ride: "gone", .expired), .offer(open)])
        _ = board.beginReading()
        #expect(board.finishReading(offers: [open], rides: []) == [])
        // It became his: that takes the offer's place.
        _ = board.beginReading()
        let won = try ride("new", version: 5)
        #expect(board.finishReading(offers: [], rides: [won]) == [.ride(won)])
        // How it ended has to be read, too.
        #expect(board.beginReading() == ["new"])
        let ended = try ride("new", version: 7)
        #expect(board.finishReading(offers: [], rides: [ended]) == [.ride(try ride("new", version: 6)), .ride(ended)])
        #expect(board.beginReading() == [])
    }

    @Test("What is told while something is read is newer than what was read")
    func toldMeanwhile() throws {
        var board = DriverBoard()
        let offered = try ride(version: 4)
        _ = board.beginReading()
        #expect(board.offer(offered, version: 4) == [.offer(offered)])
        // Read before the offer was made.
        #expect(board.finishReading(offers: [], rides: []) == [])
        _ = board.beginReading()
        #expect(board.withdraw("r", .taken) == [.offerWithdrawn(ride: "r", .taken)])
        // Read before it was withdrawn.
        #expect(board.finishReading(offers: [offered], rides: []) == [])
    }
}
