/// A post as it lies in Redis: a line `1 author media`, the author percent-encoded, `media` the number of URLs; then each URL and
/// a line end; then the text. When it was accepted is in its identifier.
///
/// Nobody but its acceptance ever writes it.
struct PostRecord: Sendable, Hashable {
    let author: UserName
    let mediaURLs: [String]
    let text: String

    var encoded: [UInt8] {
        var bytes = Array("1 \(author.encoded) \(mediaURLs.count)\n".utf8)
        for url in mediaURLs { bytes += Array("\(url)\n".utf8) }
        bytes += Array(text.utf8)
        return bytes
    }

    init(author: UserName, mediaURLs: [String], text: String) {
        (self.author, self.mediaURLs, self.text) = (author, mediaURLs, text)
    }

    /// - Returns: nil when the bytes are no record.
    init?(decoding bytes: [UInt8]) {
        var rest = bytes[...]
        guard let header = Self.line(of: &rest) else { return nil }
        let fields = header.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard fields.count == 3, fields[0] == [UInt8(ascii: "1")], let author = UserName(encoded: fields[1]),
            let count = Int(String(decoding: fields[2], as: UTF8.self)), (0...NewPost.maximumMediaURLs).contains(count)
        else { return nil }
        var urls: [String] = []
        for _ in 0..<count {
            guard let line = Self.line(of: &rest), let url = String(validating: line, as: UTF8.self) else { return nil }
            urls.append(url)
        }
        guard let text = String(validating: rest, as: UTF8.self) else { return nil }
        self.init(author: author, mediaURLs: urls, text: text)
    }

    private static func line(of rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { rest = rest[(end + 1)...] }
        return rest[..<end]
    }
}
