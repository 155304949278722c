import NIOCore
@testable import Redis
import TestSupport
import Testing

@Suite struct CacheTableTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private func trusted() -> CacheTable<Int> {
        var table = CacheTable<Int>(capacity: 100)
        table.startAfresh()
        table.trust(until: start + .seconds(1))
        return table
    }

    private func begin(_ table: inout CacheTable<Int>, _ key: RedisCacheKey) throws -> CacheRead {
        guard case .reads(let read) = table.look(for: key, joining: nil, now: start) else { throw NotRead() }
        return read
    }
    private struct NotRead: Error {}

    @Test func countsWhileTrustedOnly() throws {
        var table = trusted()
        table.end(try begin(&table, "a"), of: "a", value: 1)
        #expect(table.known("a", now: start) == 1)
        #expect(table.known("a", now: start + .milliseconds(999)) == 1)
        #expect(table.known("a", now: start + .seconds(1)) == nil)
        table.trust(until: start + .seconds(3))
        #expect(table.known("a", now: start + .seconds(2)) == 1, "nothing was missed")
        table.lose()
        table.trust(until: start + .seconds(9))
        #expect(table.known("a", now: start) == nil, "something may have been missed")
        #expect(table.lastKnown("a") == 1)
    }

    @Test func aReadThatAWriteMetIsNotKeptNorJoined() throws {
        var table = trusted()
        let cuts: [(inout CacheTable<Int>) -> Void] = [{ $0.forget("a") }, { $0.forgetAll() }]
        for cut in cuts {
            let read = try begin(&table, "a")
            guard case .joins = table.look(for: "a", joining: read, now: start) else { throw NotRead() }
            cut(&table)
            guard case .reads(let later) = table.look(for: "a", joining: read, now: start) else { throw NotRead() }
            table.end(later, of: "a", value: 2)
            table.end(read, of: "a", value: 1)
            #expect(table.known("a", now: start) == 2)
            table.forget("a")
            #expect(table.lastKnown("a") == nil)
            #expect(table.readsUnderWay == 0)
        }
    }

    @Test func aWriteOfAnotherKeyDoesNotDisturb() throws {
        var table = trusted()
        let read = try begin(&table, "a")
        table.forget("b")
        table.end(read, of: "a", value: 1)
        #expect(table.known("a", now: start) == 1)
    }

    @Test func nothingFromBeforeTheLossComesBackAfterIt() throws {
        var table = trusted()
        let before = try begin(&table, "a")
        table.end(before, of: "a", value: 1)
        let during = try begin(&table, "b")
        table.lose()
        #expect(table.lastKnown("a") == 1)
        table.startAfresh()
        table.end(during, of: "b", value: 2)
        #expect(table.lastKnown("a") == nil && table.lastKnown("b") == nil)
    }

    @Test func absentKeysDriveOutNoValue() throws {
        var table = trusted()
        let read = try begin(&table, "a")
        table.end(read, of: "a", value: 1)
        for number in 0..<1_000 {
            let key = RedisCacheKey("absent \(number)")
            let read = try begin(&table, key)
            table.end(read, of: key, value: 0, isAbsent: true)
        }
        #expect(table.known("a", now: start) == 1)
        #expect(table.known("absent 999", now: start) == 0)
        #expect(table.count < 20)
    }

    @Test func aReadFromBeforeTheLossServesTheLastResortOnly() throws {
        var table = trusted()
        let read = try begin(&table, "a")
        table.lose()
        table.trust(until: start + .seconds(1))
        table.end(read, of: "a", value: 1)
        #expect(table.known("a", now: start) == nil)
        #expect(table.lastKnown("a") == 1)
        let failed = try begin(&table, "a")
        table.end(failed, of: "a", value: nil)
        #expect(table.lastKnown("a") == 1 && table.readsUnderWay == 0)
    }

    @Test func keysAreToldApartByteForByte() throws {
        let (composed, decomposed) = (RedisCacheKey("caf\u{E9}"), RedisCacheKey("cafe\u{301}"))
        #expect(composed.name == decomposed.name && composed != decomposed)
        let space = CacheKeySpace(prefix: "p:{", suffix: "}:s")
        #expect(space.key(named: Array("p:{caf\u{E9}}:s".utf8)) == composed)
        #expect(space.name(of: composed).utf8.elementsEqual("p:{caf\u{E9}}:s".utf8))
        for foreign in ["p:{a}:t", "q:{a}:s", "p:{", "", "p:{}:", "}:s"] { #expect(space.key(named: Array(foreign.utf8)) == nil) }
        #expect(space.key(named: Array("p:{".utf8) + [0xFF] + Array("}:s".utf8)) == nil)
        #expect(space.key(named: Array("p:{}:s".utf8)) == "")
    }

    @Test(arguments: 0..<20) func nothingStaleInAnyOrderOfEvents(_: Int) {
        var world = TrackedWorld(random: SeededGenerator())
        for _ in 0..<5_000 { world.step() }
        world.settle()
        #expect(world.served > 50, "something was given out; \(world.random)")
    }
}

/// A server, one table, and between them two connections that know nothing of each other; in any order of events.
private struct TrackedWorld {
    private enum Message { case began, changed(RedisCacheKey), flushed, upToDate(NIODeadline) }
    private struct Reading {
        let key: RedisCacheKey
        let read: CacheRead
        var version: Int?
    }

    var random: SeededGenerator
    private(set) var served = 0
    private let keys: [RedisCacheKey] = ["a", "b", "c"]
    private var table = CacheTable<Int>(capacity: 8)
    private var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    /// When each version was written: its index is the version.
    private var writes: [RedisCacheKey: [NIODeadline]]
    private var readings: [Reading] = []
    /// On their way on the tracking connection.
    private var messages: [Message] = []
    private var isConnected = false
    /// Everything said is lost, and nobody notices.
    private var isSwallowed = false
    private static let window = TimeAmount.milliseconds(1500)

    init(random: SeededGenerator) {
        self.random = random
        writes = Dictionary(uniqueKeysWithValues: keys.map { [now] in ($0, [now]) })
    }

    mutating func step() {
        switch Int.random(in: 0..<100, using: &random) {
        case ..<25: ask(random.pick(keys))
        case ..<40: executeRead()
        case ..<55: landRead()
        case ..<65: write(random.pick(keys))
        case 65: flush()
        case ..<85: hearNext()
        case ..<90: say(.upToDate(now))
        case 90 where Int.random(in: 0..<4, using: &random) == 0: lose()
        case 91 where Int.random(in: 0..<4, using: &random) == 0: isSwallowed = true
        case ..<93: connect()
        default: now = now + .milliseconds(Int64.random(in: 1...100, using: &random))
        }
        check()
    }

    /// All that is on its way arrives.
    mutating func settle() {
        while !readings.isEmpty {
            executeRead()
            landRead()
        }
        #expect(table.readsUnderWay == 0, "\(random)")
        lose()
        connect()
        say(.upToDate(now))
        for key in keys {
            while !messages.isEmpty { hearNext() }
            ask(key)
            executeRead()
            landRead(mayFail: false)
            #expect(table.known(key, now: now) == version(of: key), "\(random)")
        }
    }

    private func version(of key: RedisCacheKey) -> Int { (writes[key]?.count ?? 0) - 1 }

    private mutating func check() {
        for key in keys {
            guard let value = table.known(key, now: now), let writes = writes[key] else { continue }
            served += 1
            #expect(value < writes.count)
            if value + 1 < writes.count {
                #expect(writes[value + 1] + Self.window > now, "stale for too long; \(random)")
                #expect(!messages.isEmpty || isSwallowed, "stale although all was heard; \(random)")
            }
        }
    }

    private mutating func ask(_ key: RedisCacheKey) {
        let current = readings.last { $0.key == key }?.read
        if case .reads(let read) = table.look(for: key, joining: current, now: now) {
            readings.append(Reading(key: key, read: read))
        }
    }

    private mutating func executeRead() {
        guard let index = readings.indices.filter({ readings[$0].version == nil }).randomElement(using: &random) else { return }
        readings[index].version = version(of: readings[index].key)
    }

    private mutating func landRead(mayFail: Bool = true) {
        guard let index = readings.indices.filter({ readings[$0].version != nil }).randomElement(using: &random) else { return }
        let reading = readings.remove(at: index)
        let failed = mayFail && Int.random(in: 0..<10, using: &random) == 0
        table.end(reading.read, of: reading.key, value: failed ? nil : reading.version)
    }

    private mutating func write(_ key: RedisCacheKey) {
        writes[key]?.append(now)
        say(.changed(key))
    }

    private mutating func flush() {
        for key in keys { writes[key]?.append(now) }
        say(.flushed)
    }

    private mutating func say(_ message: Message) {
        if isConnected && !isSwallowed { messages.append(message) }
    }

    private mutating func lose() {
        (isConnected, isSwallowed, messages) = (false, false, [])
        table.lose()
    }

    private mutating func connect() {
        guard !isConnected else { return }
        isConnected = true
        say(.began)
    }

    private mutating func hearNext() {
        guard !messages.isEmpty else { return }
        switch messages.removeFirst() {
        case .began: table.startAfresh()
        case .changed(let key): table.forget(key)
        case .flushed: table.forgetAll()
        case .upToDate(let moment): table.trust(until: moment + Self.window)
        }
    }
}
