import Testing

@testable import RateLimiterReplay

/// The parts that turn a file into requests in order of time.
@Suite struct StreamingTests {
    @Test func linesAreTheSameWhateverTheChunks() {
        let tooLong = [UInt8](repeating: 120, count: LineSplitter.longestLine + 1)
        let text = Array("one\n\ntwo\r\n".utf8) + tooLong + Array("\nthree\nfour".utf8)
        for chunkLength in [1, 2, 3, 7, 1000, 65_536, text.count] {
            var splitter = LineSplitter()
            var lines: [String] = []
            let deliver = { (line: LineSplitter.Line) in
                switch line {
                case .whole(let bytes): lines.append(String(decoding: bytes, as: UTF8.self))
                case .tooLong(let start): lines.append("too long: \(start.count)")
                }
            }
            for start in stride(from: 0, to: text.count, by: chunkLength) {
                splitter.push(Array(text[start..<min(start + chunkLength, text.count)]), deliver)
            }
            splitter.finish(deliver)
            #expect(lines == ["one", "", "two\r", "too long: \(LineSplitter.longestLine)", "three", "four"], "\(chunkLength)")
        }
    }

    @Test func aLineOfTheGreatestLengthIsWhole() {
        var splitter = LineSplitter()
        var whole = 0
        let line = [UInt8](repeating: 120, count: LineSplitter.longestLine) + [10]
        splitter.push(line) { if case .whole(let bytes) = $0 { whole = bytes.count } }
        #expect(whole == LineSplitter.longestLine)
    }

    @Test func smallDisorderIsSortedAndEqualTimesKeepTheirOrder() {
        var buffer = ReorderBuffer<Int>(horizon: 10, capacity: 1000)
        var released: [(time: Int64, payload: Int)] = []
        let times: [Int64] = (0..<2000).map { $0 / 3 + Int64.random(in: 0...9) }
        for (index, time) in times.enumerated() {
            buffer.push(index, time: time)
            while let event = buffer.pop() { released.append((event.time, event.payload)) }
        }
        while let event = buffer.pop(all: true) { released.append((event.time, event.payload)) }
        let expected = times.enumerated().sorted { ($0.element, $0.offset) < ($1.element, $1.offset) }
        #expect(released.map(\.payload) == expected.map(\.offset))
        #expect(released.map(\.time) == expected.map(\.element))
        #expect(buffer.late == 0)
        let disordered = times.indices.count { index in times[..<index].contains { $0 > times[index] } }
        #expect(buffer.outOfOrder == disordered)
    }

    @Test func whatComesTooLateIsCountedAndMovedForward() {
        var buffer = ReorderBuffer<String>(horizon: 10, capacity: 1000)
        buffer.push("a", time: 100)
        buffer.push("b", time: 111)
        #expect(buffer.pop()?.payload == "a")
        #expect(buffer.pop() == nil)
        buffer.push("late", time: 50)
        #expect(buffer.pop()?.time == 100)
        #expect(buffer.late == 1)
        #expect(buffer.outOfOrder == 1)
    }

    @Test func theBufferIsBounded() {
        var buffer = ReorderBuffer<Int>(horizon: 1_000_000, capacity: 10)
        for index in 0..<10 { buffer.push(index, time: Int64(index)) }
        #expect(buffer.pop() == nil)
        buffer.push(10, time: 10)
        #expect(buffer.pop()?.payload == 0)
        #expect(buffer.pop() == nil)
    }
}
