/// What somebody said of a post.
public struct Comment: Sendable, Hashable {
    public let id: String
    public let author: String
    public let text: String
    /// Milliseconds since 1970.
    public let createdAtMilliseconds: Int

    init(id: PostID, record: CommentRecord) {
        (self.id, createdAtMilliseconds) = (id.text, id.createdAtMilliseconds)
        (author, text) = (record.author.text, record.text)
    }
}

/// A comment as it lies in Redis: a line `1 author`, percent-encoded, then the text.
struct CommentRecord: Sendable, Hashable {
    let author: UserName
    let text: String

    var encoded: [UInt8] { Array("1 \(author.encoded)\n\(text)".utf8) }

    init(author: UserName, text: String) {
        (self.author, self.text) = (author, text)
    }

    /// - Returns: nil when the bytes are no record.
    init?(decoding bytes: [UInt8]) {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")), bytes[..<end].starts(with: "1 ".utf8),
            let author = UserName(encoded: bytes[2..<end]), let text = String(validating: bytes[(end + 1)...], as: UTF8.self)
        else { return nil }
        self.init(author: author, text: text)
    }
}
