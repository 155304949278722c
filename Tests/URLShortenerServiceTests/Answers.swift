/// A link, as a client reads it.
struct LinkBody: Decodable, Equatable {
    var id: String
    var shortUrl: String
    var url: String
    var createdAt: String
    var expiresAt: String?
    var maxVisits: Int?
}

struct ListBody: Decodable {
    var links: [LinkBody]
    var nextCursor: String?
}

struct BatchBody: Decodable {
    struct Result: Decodable {
        var status: Int
        var detail: String?
        var id: String?
        var shortUrl: String?
        var url: String?
    }

    var results: [Result]
}

struct StatisticsBody: Decodable, Equatable {
    struct Day: Decodable, Equatable {
        var day: String
        var visits: Int
    }

    struct Referrer: Decodable, Equatable {
        var host: String
        var visits: Int
    }

    var visits: Int
    var botVisits: Int
    var uniqueVisitors: Int
    var byDay: [Day]
    var referrers: [Referrer]
    var lastVisitAt: String?
}

extension String {
    /// RFC 3339 in UTC with milliseconds.
    var isTime: Bool { wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/#) != nil }

    /// Texts that only look the same are not: a URL is kept byte for byte.
    func isByteForByte(_ other: String?) -> Bool { other.map { utf8.elementsEqual($0.utf8) } ?? false }
}
