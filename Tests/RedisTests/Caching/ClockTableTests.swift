@testable import Redis
import TestSupport
import Testing

@Suite struct ClockTableTests {
    @Test func agreesWithADictionaryAsLongAsItHasRoom() {
        var random = SeededGenerator()
        var table = ClockTable<Int, Int>(capacity: 100)
        var model: [Int: Int] = [:]
        for step in 0..<20_000 {
            let key = Int.random(in: 0..<100, using: &random)
            switch Int.random(in: 0..<100, using: &random) {
            case 0:
                table.removeAll()
                model = [:]
            case ..<40:
                table.insert(step, for: key)
                model[key] = step
            case ..<60:
                table.remove(key)
                model[key] = nil
            default: #expect(table.use(key) == model[key], "\(random)")
            }
            #expect(table[key] == model[key], "\(random)")
            #expect(table.count == model.count, "\(random)")
        }
    }

    @Test func neverHoldsMoreThanItsCapacityAndNothingFalse() {
        var random = SeededGenerator()
        let capacity = Int.random(in: 1...50, using: &random)
        var table = ClockTable<Int, Int>(capacity: capacity)
        var last: [Int: Int] = [:]
        for step in 0..<20_000 {
            let key = Int.random(in: 0..<200, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case ..<5:
                table.insert(step, for: key)
                last[key] = step
                #expect(table[key] == step, "what was just put in is there; \(random)")
            case 5:
                table.remove(key)
                last[key] = nil
            default: if let value = table.use(key) { #expect(value == last[key], "\(random)") }
            }
            #expect(table.count <= capacity && table.slotCount <= capacity, "\(random)")
        }
    }

    @Test func aMillionKeysTakeNoMoreRoomAndWhatIsUsedStays() {
        var table = ClockTable<Int, Int>(capacity: 1_000)
        for key in 0..<100 { table.insert(key, for: -key - 1) }
        for key in 0..<1_000_000 {
            table.insert(key, for: key)
            if key.isMultiple(of: 5) { _ = table.use(-(key / 5 % 100) - 1) }
        }
        #expect(table.count == 1_000 && table.slotCount == 1_000)
        for key in 0..<100 { #expect(table[-key - 1] == key) }
    }

    @Test func roomForOne() {
        var table = ClockTable<String, Int>(capacity: 0)
        table.insert(1, for: "a")
        #expect(table.use("a") == 1)
        table.insert(2, for: "b")
        #expect(table["a"] == nil && table["b"] == 2)
    }
}
