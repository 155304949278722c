extension AccessLogLine {
    /// Reads a line's fields from left to right; each call leaves the scanner at the start of the next field.
    struct Scanner {
        private var rest: ArraySlice<UInt8>

        init(_ line: ArraySlice<UInt8>) {
            rest = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        }

        /// What stands before the next space.
        mutating func word(_ name: String) throws(Malformed) -> ArraySlice<UInt8> {
            guard let end = rest.firstIndex(of: .space), end > rest.startIndex else {
                throw Malformed(reason: "it ends before the \(name) does, or has none")
            }
            defer { rest = rest[(end + 1)...] }
            return rest[..<end]
        }

        /// A user name may hold spaces and brackets, and its owner chose it. A quote in it is escaped, so only the server's
        /// own time is followed by a quote: no name can pass for a time.
        mutating func userAndTime() throws(Malformed) -> (user: ArraySlice<UInt8>, time: ReplayTime) {
            var index = rest.startIndex
            while let bracket = rest[index...].firstIndex(of: UInt8(ascii: "[")) {
                index = bracket + 1
                let afterTime = bracket + 28
                guard afterTime < rest.endIndex, bracket > rest.startIndex, rest[bracket - 1] == .space,
                    rest[afterTime - 1] == UInt8(ascii: "]"), rest[afterTime] == .space,
                    afterTime + 1 < rest.endIndex, rest[afterTime + 1] == .quote,
                    let time = ReplayTime(accessLog: rest[index..<(afterTime - 1)])
                else { continue }
                defer { rest = rest[(afterTime + 1)...] }
                return (rest[..<(bracket - 1)], time)
            }
            throw Malformed(reason: "it has no time such as [17/May/2015:10:05:03 +0000] before a quoted request")
        }

        var nextIsQuote: Bool { rest.first == .quote }

        /// What stands between two quotes; a backslash escapes the byte after it.
        mutating func quoted(_ name: String) throws(Malformed) -> ArraySlice<UInt8> {
            guard nextIsQuote else { throw Malformed(reason: "it has no quoted \(name)") }
            let start = rest.startIndex + 1
            var index = start
            while index < rest.endIndex, rest[index] != .quote {
                index += rest[index] == UInt8(ascii: "\\") ? 2 : 1
            }
            guard index < rest.endIndex else { throw Malformed(reason: "the quote round its \(name) is never closed") }
            let value = rest[start..<index]
            try endField(at: index + 1, name)
            return value
        }

        /// A number, or the dash that stands for none.
        mutating func number(_ name: String, digits: ClosedRange<Int>) throws(Malformed) -> Int? {
            let field = rest.prefix { $0 != .space }
            try endField(at: field.endIndex, name)
            if field.elementsEqual("-".utf8) { return nil }
            guard digits.contains(field.count), field.allSatisfy(\.isDigit) else {
                throw Malformed(reason: "its \(name) is not a number")
            }
            return field.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        }

        private mutating func endField(at end: Int, _ name: String) throws(Malformed) {
            guard end < rest.endIndex else {
                rest = rest[rest.endIndex...]
                return
            }
            guard rest[end] == .space else { throw Malformed(reason: "no space follows its \(name)") }
            rest = rest[(end + 1)...]
        }
    }
}

extension ReplayTime {
    /// Reads `17/May/2015:10:05:03 +0000`, 26 bytes.
    init?(accessLog bytes: ArraySlice<UInt8>) {
        let start = bytes.startIndex
        func number(_ offset: Int, _ length: Int) -> Int? {
            let digits = bytes[(start + offset)..<(start + offset + length)]
            return digits.allSatisfy(\.isDigit) ? digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } : nil
        }
        func has(_ character: Unicode.Scalar, at offset: Int) -> Bool { bytes[start + offset] == UInt8(ascii: character) }

        guard bytes.count == 26, has("/", at: 2), has("/", at: 6), has(":", at: 11), has(":", at: 14), has(":", at: 17),
            has(" ", at: 20), has("+", at: 21) || has("-", at: 21),
            let day = number(0, 2), let year = number(7, 4), let hour = number(12, 2), let minute = number(15, 2),
            let second = number(18, 2), let zoneHours = number(22, 2), let zoneMinutes = number(24, 2),
            zoneHours < 24, zoneMinutes < 60,
            let month = Self.months.firstIndex(where: { bytes[(start + 3)..<(start + 6)].elementsEqual($0.utf8) })
        else { return nil }
        self.init(
            year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second,
            zoneSeconds: (zoneHours * 3600 + zoneMinutes * 60) * (has("-", at: 21) ? -1 : 1))
    }

    static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
