/// A post, as a client reads it.
struct PostBody: Decodable, Hashable {
    var id: String
    var author: String
    var text: String
    var mediaUrls: [String]
    var createdAt: String
    var likes: Int
    var comments: Int
    var liked: Bool
}

struct AcceptedBody: Decodable, Equatable {
    var id: String
    var createdAt: String
}

struct FeedBody: Decodable {
    var items: [PostBody]
    var nextCursor: String?
}

struct UsersBody: Decodable {
    var users: [String]
    var nextCursor: String?
}

struct CommentBody: Decodable, Equatable {
    var id: String
    var author: String
    var text: String
    var createdAt: String
}

struct CommentsBody: Decodable {
    var comments: [CommentBody]
    var nextCursor: String?
}

struct ReadyBody: Decodable {
    struct Queue: Decodable {
        var waiting: Int
        var oldestAgeMs: Int
    }

    var status: String
    var queue: Queue
}

struct DeadLettersBody: Decodable {
    struct Letter: Decodable {
        var id: String
        var post: String?
        var author: String?
        var tries: Int
        var reason: String
        var buriedAt: String
    }

    var deadLetters: [Letter]
}

extension String {
    /// RFC 3339 in UTC with milliseconds.
    var isTime: Bool { wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/#) != nil }
}
