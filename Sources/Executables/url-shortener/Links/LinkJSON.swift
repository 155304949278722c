import ServiceKit
import URLShortener

extension Link {
    /// The members by which a link is told.
    func members(shortURL: String) -> [(String, JSONText)] {
        [
            ("id", .string(code)), ("shortUrl", .string(shortURL)), ("url", .string(url)),
            ("createdAt", .moment(createdAtMilliseconds)), ("expiresAt", .moment(expiresAtMilliseconds)),
            ("maxVisits", maxVisits.map { .integer($0) } ?? .null),
        ]
    }
}

extension LinkStatistics {
    var json: JSONText {
        .object([
            ("visits", .integer(visits)), ("botVisits", .integer(botVisits)), ("uniqueVisitors", .integer(uniqueVisitors)),
            ("byDay", .array(byDay.map { .object([("day", .string($0.day)), ("visits", .integer($0.visits))]) })),
            ("referrers", .array(referrers.map { .object([("host", .string($0.host)), ("visits", .integer($0.visits))]) })),
            (
                "countries",
                .array(countries.map { .object([("country", .string($0.country)), ("visits", .integer($0.visits))]) })
            ),
            ("lastVisitAt", .moment(lastVisitAt)),
        ])
    }
}

extension JSONText {
    fileprivate static func moment(_ milliseconds: Int?) -> JSONText {
        milliseconds.map { .string(Timestamp.text(milliseconds: $0)) } ?? .null
    }
}
