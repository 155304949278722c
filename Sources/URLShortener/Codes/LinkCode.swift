/// What can be the code of a link, and what an alias may be.
public enum LinkCode {
    /// The first segments of paths that lead elsewhere, in small letters: neither a link that was numbered nor an alias gets
    /// one of them, in whatever case.
    public static let reservedWords: Set<String> = [
        "admin", "api", "assets", "batch", "favicon.ico", "health", "index.html", "metrics", "preview", "qr", "robots.txt",
        "shorten",
        "static", "stats", "v1",
    ]

    static let longest = 64

    /// Reads the path of a request, without its first slash.
    /// - Returns: nil for what could never be the code of a link.
    public static func code(_ path: UnsafeRawBufferPointer) -> String? {
        guard (1...longest).contains(path.count), path.allSatisfy(isCodeCharacter) else { return nil }
        let code = String(decoding: path, as: UTF8.self)
        return isReserved(code) ? nil : code
    }

    /// Whether a link could have this code: whatever else is asked for does not exist, without a look.
    public static func isValid(_ text: some StringProtocol) -> Bool {
        (1...longest).contains(text.utf8.count) && text.utf8.allSatisfy(isCodeCharacter)
    }

    static func isReserved(_ code: String) -> Bool {
        reservedWords.contains(code.lowercased())
    }

    static func validate(alias: String) throws(URLShortenerError) {
        guard isValid(alias), alias.utf8.count >= 3 else { throw .invalidAlias }
        guard !isReserved(alias) else { throw .reservedAlias }
    }

    private static func isCodeCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
