import NewsFeed
import ServiceKit

extension Post {
    var json: JSONText {
        .object([
            ("id", .string(id)), ("author", .string(author)), ("text", .string(text)),
            ("mediaUrls", .array(mediaURLs.map { .string($0) })), ("createdAt", .moment(createdAtMilliseconds)),
            ("likes", .integer(likes)), ("comments", .integer(comments)), ("liked", .bool(isLiked)),
        ])
    }
}

extension Comment {
    var json: JSONText {
        .object([
            ("id", .string(id)), ("author", .string(author)), ("text", .string(text)),
            ("createdAt", .moment(createdAtMilliseconds)),
        ])
    }
}

extension AcceptedPost {
    var json: JSONText { .object([("id", .string(id)), ("createdAt", .moment(createdAtMilliseconds))]) }
}

extension Announcement {
    var json: JSONText {
        .object([
            ("id", .string(id)), ("author", .string(author)), ("timelines", timelines.map { .integer($0) } ?? .null),
        ])
    }
}

extension DeadLetter {
    var json: JSONText {
        .object([
            ("id", .string(id)), ("post", post.map { .string($0) } ?? .null), ("author", author.map { .string($0) } ?? .null),
            ("tries", .integer(tries)), ("reason", .string(reason)), ("buriedAt", .moment(buriedAtMilliseconds)),
        ])
    }
}

extension JSONText {
    fileprivate static func moment(_ milliseconds: Int) -> JSONText {
        .string(Timestamp.text(milliseconds: milliseconds))
    }
}
