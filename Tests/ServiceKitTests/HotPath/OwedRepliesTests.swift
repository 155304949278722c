import NIOCore
import TestSupport
import Testing

@testable import ServiceKit

@Suite("Hot path: replies leave in the order of their requests")
struct OwedRepliesTests {
    @Test("An early reply waits for those before it, and all that are ready leave together")
    func early() {
        var owed = OwedReplies()
        var outgoing = ByteBuffer()
        let numbers = (0..<4).map { _ in owed.expect() }
        #expect(owed.count == 4)
        owed.fulfil(numbers[1], into: &outgoing) { $0.writeString("b") }
        owed.fulfil(numbers[3], into: &outgoing) { $0.writeString("d") }
        #expect(outgoing.readableBytes == 0 && owed.count == 4)
        owed.fulfil(numbers[0], into: &outgoing) { $0.writeString("a") }
        #expect(String(buffer: outgoing) == "ab" && owed.count == 2)
        owed.fulfil(numbers[2], into: &outgoing) { $0.writeString("c") }
        #expect(String(buffer: outgoing) == "abcd" && owed.isEmpty)
    }

    @Test("A second reply to the same request, and one to no request, are not written")
    func unasked() {
        var owed = OwedReplies()
        var outgoing = ByteBuffer()
        let (first, second) = (owed.expect(), owed.expect())
        for _ in 0..<2 { owed.fulfil(second, into: &outgoing) { $0.writeString("b") } }
        for _ in 0..<2 { owed.fulfil(first, into: &outgoing) { $0.writeString("a") } }
        for number in [first, second, second + 1, first - 1, -1, .max] {
            owed.fulfil(number, into: &outgoing) { _ in Issue.record("asked to write \(number)") }
        }
        #expect(String(buffer: outgoing) == "ab" && owed.isEmpty)
    }

    @Test("Whatever the order of replies, what leaves is what a simple model says")
    func againstModel() {
        var random = SeededGenerator()
        for _ in 0..<200 {
            var owed = OwedReplies()
            var outgoing = ByteBuffer()
            var model: [(number: Int, text: String?)] = []
            var left = ""
            for step in 0..<60 {
                switch Int.random(in: 0..<5, using: &random) {
                case 0, 1: model.append((owed.expect(), nil))
                case 2:
                    _ = owed.expect()
                    owed.withdrawLast()
                default:
                    guard let index = model.indices.filter({ model[$0].text == nil }).randomElement(using: &random) else {
                        continue
                    }
                    let text = "<\(step)>"
                    model[index].text = text
                    owed.fulfil(model[index].number, into: &outgoing) { $0.writeString(text) }
                }
                while let first = model.first?.text {
                    left += first
                    model.removeFirst()
                }
                #expect(String(buffer: outgoing) == left && owed.count == model.count, "\(random), step \(step)")
            }
        }
    }
}
