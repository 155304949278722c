import Foundation
import Testing

@testable import RateLimiterReplay

@Suite struct ReplayTimeTests {
    @Test func everyDayOfFourCenturiesFollowsTheOneBefore() throws {
        var expected: Int64 = 0
        for year in 1970..<2370 {
            let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
            for (month, length) in [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated() {
                for day in 1...length {
                    let time = ReplayTime(year: year, month: month + 1, day: day, hour: 0, minute: 0, second: 0)
                    guard let time, time.microseconds == expected else {
                        Issue.record("\(year)-\(month + 1)-\(day)")
                        return
                    }
                    if day == 1 || day == length {
                        let parts = time.date.split(separator: "-").compactMap { Int($0) }
                        #expect(parts == [year, month + 1, day])
                    }
                    expected += 86_400_000_000
                }
                #expect(ReplayTime(year: year, month: month + 1, day: length + 1, hour: 0, minute: 0, second: 0) == nil)
            }
        }
    }

    @Test func writtenAsInRFC3339() throws {
        let time = ReplayTime(microseconds: 1_431_857_103_045_000)
        let json = try JSONEncoder().encode([time])
        #expect(String(decoding: json, as: UTF8.self) == #"["2015-05-17T10:05:03.045Z"]"#)
        #expect(try JSONDecoder().decode([ReplayTime].self, from: json) == [time])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([ReplayTime].self, from: Data(#"["2015-13-17T10:05:03.045Z"]"#.utf8))
        }
    }
}
