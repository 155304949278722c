import TestSupport
import Testing

@testable import Chat

@Suite("What a server enters of its connections")
struct RegistrationsTests {
    @Test("It counts what is true when it is written, in whatever order it came about")
    func coming() {
        var registrations = Registrations()
        let (first, second) = (ConnectionID.random(), ConnectionID.random())
        registrations.open(first, of: "ann")
        registrations.open(second, of: "ann")
        registrations.close(first)
        let batch = registrations.takeBatch(limit: 10)
        #expect(batch.opened == [second: "ann"] && batch.closed == [first: "ann"])
        #expect(batch.present == ["ann"] && batch.absent == [])
        #expect(!registrations.hasChanges)
        registrations.close(second)
        registrations.close(second)
        let last = registrations.takeBatch(limit: 10)
        #expect(last.absent == ["ann"])
        #expect(registrations.users.isEmpty && registrations.connections.isEmpty)
    }

    @Test("What was not written is written later, as it is then")
    func putBack() {
        var registrations = Registrations()
        let connection = ConnectionID.random()
        registrations.open(connection, of: "ann")
        registrations.watch("bob")
        let lost = registrations.takeBatch(limit: 10)
        registrations.close(connection)
        registrations.unwatch("bob")
        registrations.putBack(lost)
        let batch = registrations.takeBatch(limit: 10)
        #expect(batch.opened == [:] && batch.closed == [connection: "ann"] && batch.absent == ["ann"])
        #expect(batch.watched == [] && batch.unwatched == ["bob"])
    }

    @Test("Entered again and again while nothing can be written, everything is written once, and who comes before it")
    func again() {
        var registrations = Registrations()
        for number in 0..<1000 { registrations.open(.random(), of: UserName("user\(number)")) }
        for number in 0..<100 { registrations.watch(UserName("user\(number)")) }
        while registrations.hasChanges { _ = registrations.takeBatch(limit: 100) }
        for turn in 0..<6000 { registrations.renew(part: turn % 60, of: 60) }
        registrations.renew()
        registrations.open(.random(), of: "ann")
        #expect(registrations.takeBatch(limit: 1).opened.values.first == "ann")
        var batches = 0
        while registrations.hasChanges {
            batches += 1
            _ = registrations.takeBatch(limit: 100)
        }
        #expect(batches == 10)
    }

    @Test("However batches are cut, written, lost and repeated: in the end Redis has what the server has")
    func anything() {
        for _ in 0..<300 {
            var random = SeededGenerator()
            var registrations = Registrations()
            var entered: [ConnectionID: UserName] = [:]
            var users: Set<UserName> = []
            func write(_ batch: Registrations.Batch) {
                users.formUnion(batch.present)
                entered.merge(batch.opened) { $1 }
                for connection in batch.closed.keys { entered[connection] = nil }
                users.subtract(batch.absent)
            }
            for _ in 0..<random.pick([10, 100]) {
                switch Int.random(in: 0..<10, using: &random) {
                case 0..<4: registrations.open(.random(), of: random.pick(["ann", "bob", "eve"]))
                case 4..<7:
                    if let open = registrations.connections.keys.randomElement(using: &random) { registrations.close(open) }
                case 7: registrations.renew(part: random.pick([0, 1]), of: 2)
                default:
                    let batch = registrations.takeBatch(limit: random.pick([1, 3, 100]))
                    let isLost = Bool.random(using: &random)
                    if Bool.random(using: &random) || !isLost { write(batch) }
                    if isLost { registrations.putBack(batch) }
                }
                // Whose connections are to be cleared is known before there are any.
                #expect(Set(entered.values).isSubset(of: users), "\(random)")
            }
            while registrations.hasChanges { write(registrations.takeBatch(limit: 2)) }
            #expect(entered == registrations.connections && users == Set(registrations.users.keys), "\(random)")
        }
    }
}
