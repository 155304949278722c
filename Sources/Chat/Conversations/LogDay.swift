/// A day in UTC: each has a log of its own, so that no key grows without bound and old days go by themselves.
struct LogDay: Sendable, Hashable {
    /// Days since 1 January 1970.
    let number: Int

    init(number: Int) { self.number = number }

    /// - Parameter milliseconds: since 1970.
    init(of milliseconds: Int) { number = max(0, milliseconds) / Self.milliseconds }

    /// - Returns: nil when it is not what ``text`` makes of a day from 1970 on.
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2],
            (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        number = Self.number(year, month, day)
        guard self.text == text else { return nil }
    }

    static let milliseconds = 86_400_000

    /// Milliseconds since 1970.
    var start: Int { number * Self.milliseconds }
    var before: LogDay { LogDay(number: number - 1) }

    /// `2026-11-21`.
    var text: String {
        // Years begin in March here, so that a leap day is the last of its year.
        let shifted = number + 719_468
        let (cycle, ofCycle) = (shifted / 146_097, shifted % 146_097)
        let yearOfCycle = (ofCycle - ofCycle / 1460 + ofCycle / 36_524 - ofCycle / 146_096) / 365
        let ofYear = ofCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        let shiftedMonth = (5 * ofYear + 2) / 153
        let day = ofYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfCycle + cycle * 400 + (month <= 2 ? 1 : 0)
        return "\(Self.padded(year, to: 4))-\(Self.padded(month, to: 2))-\(Self.padded(day, to: 2))"
    }

    private static func number(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let (cycle, yearOfCycle) = (shiftedYear / 400, shiftedYear % 400)
        let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return cycle * 146_097 + yearOfCycle * 365 + yearOfCycle / 4 - yearOfCycle / 100 + ofYear - 719_468
    }

    private static func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
