/// What somebody wants to post.
public struct NewPost: Sendable, Hashable {
    public static let maximumTextLength = 4_000
    public static let maximumMediaURLs = 10
    public static let maximumMediaURLLength = 2_048

    public var author: String
    /// 1 to 4,000 characters, counted as Unicode scalars.
    public var text: String
    /// At most 10, http or https, of at most 2,048 bytes each.
    public var mediaURLs: [String]

    public init(author: String, text: String, mediaURLs: [String] = []) {
        (self.author, self.text, self.mediaURLs) = (author, text, mediaURLs)
    }

    func record() throws(NewsFeedError) -> PostRecord {
        let author = try UserName(validating: author)
        try Self.validate(text: text)
        guard mediaURLs.count <= Self.maximumMediaURLs, mediaURLs.allSatisfy(Self.isMediaURL) else { throw .invalidMediaURLs }
        return PostRecord(author: author, mediaURLs: mediaURLs, text: text)
    }

    static func validate(text: String) throws(NewsFeedError) {
        // Without counting what nobody would take.
        guard !text.isEmpty, text.utf8.count <= 4 * maximumTextLength, text.unicodeScalars.count <= maximumTextLength else {
            throw .invalidText
        }
    }

    private static func isMediaURL(_ url: String) -> Bool {
        guard url.utf8.count <= maximumMediaURLLength, url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }),
            let colon = url.utf8.firstIndex(of: UInt8(ascii: ":")),
            ["http", "https"].contains(url[..<colon].lowercased()), url[colon...].utf8.starts(with: "://".utf8)
        else { return false }
        let host = url[colon...].utf8.dropFirst(3).prefix { !"/?#\\".utf8.contains($0) }
        let withoutUser = host.lastIndex(of: UInt8(ascii: "@")).map { host[host.index(after: $0)...] } ?? host
        return withoutUser.first.map { $0 != UInt8(ascii: ":") } ?? false
    }

    /// The same for the same request, and for no other.
    var digest: String { Digest.hexadecimal(of: [author, text] + mediaURLs) }
}

/// A post that is safe.
public struct AcceptedPost: Sendable, Hashable {
    public let id: String
    /// Milliseconds since 1970.
    public let createdAtMilliseconds: Int

    init(_ id: PostID) {
        (self.id, createdAtMilliseconds) = (id.text, id.createdAtMilliseconds)
    }
}
