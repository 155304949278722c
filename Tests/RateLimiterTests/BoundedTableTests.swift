import TestSupport
import Testing

@testable import RateLimiter

@Suite("A table of bounded size")
struct BoundedTableTests {
    @Test("A million keys: it never holds more than its capacity, and keeps the newest")
    func bounded() async {
        var table = BoundedTable<Int, Int>(capacity: 1000)
        for key in 0..<1_000_000 {
            table[key] = key
            guard key % 1000 == 0 else { continue }
            #expect(table.count <= 1000)
            // Tests share the few threads of the pool.
            await Task.yield()
        }
        #expect(table.count == 1000)
        #expect((999_000..<1_000_000).allSatisfy { table[$0] == $0 })
        #expect(table[998_999] == nil)
    }

    /// A list in the order of insertion: slow, and plainly right.
    private struct Reference {
        var entries: [(key: Int, value: Int)] = []

        subscript(key: Int) -> Int? {
            get { entries.first { $0.key == key }?.value }
            set {
                let index = entries.firstIndex { $0.key == key }
                switch (index, newValue) {
                case (let index?, let value?): entries[index].value = value
                case (let index?, nil): entries.remove(at: index)
                case (nil, let value?): entries.append((key, value))
                case (nil, nil): break
                }
                if entries.count > 8 { entries.removeFirst() }
            }
        }
    }

    @Test("The oldest make room, in the order of insertion, also when keys come and go")
    func order() async {
        var random = SeededGenerator()
        var table = BoundedTable<Int, Int>(capacity: 8)
        var reference = Reference()
        for step in 0..<20_000 {
            let key = Int.random(in: 0..<14, using: &random)
            switch Int.random(in: 0..<200, using: &random) {
            case 0:
                table.removeAll()
                reference.entries = []
            case 1..<80: (table[key], reference[key]) = (nil, nil)
            default: (table[key], reference[key]) = (step, step)
            }
            #expect(table.count == reference.entries.count, "\(random), step \(step)")
            if step % 100 == 0 { await Task.yield() }
            let isSame = (0..<14).allSatisfy { table[$0] == reference[$0] }
            #expect(isSame, "\(random), step \(step)")
            guard isSame else { return }
        }
    }

    @Test("One key that comes and goes a million times takes no more room than once")
    func comesAndGoes() async {
        var table = BoundedTable<Int, Int>(capacity: 100)
        table[-1] = 0
        for step in 0..<1_000_000 {
            table[7] = step
            table[7] = nil
            if step % 1000 == 0 { await Task.yield() }
        }
        #expect(table.count == 1)
        #expect(table[-1] == 0)
        #expect(table.placesInOrder <= 201)
    }
}
