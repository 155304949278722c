import TextCoding

/// A user's name as one word of a ``LinkRecord``.
enum OwnerText {
    /// No owner: what no name is encoded to.
    static let none = "-"
    private static let encoding = PercentEncoding(plainMarks: "._~")

    static func encode(_ name: String) -> String { encoding.encode(name) }

    struct Owner {
        let name: String?
    }

    /// - Returns: nil when it is not quite what ``encode(_:)`` makes.
    static func decode(_ text: ArraySlice<UInt8>) -> Owner? {
        if text.elementsEqual(none.utf8) { return Owner(name: nil) }
        return encoding.decode(text).map { Owner(name: $0) }
    }
}
