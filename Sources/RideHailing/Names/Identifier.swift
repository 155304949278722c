/// Identifiers that nobody guesses: 22 random characters of `0-9A-Za-z`, 131 bits.
enum Identifier {
    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
    private static let length = 22

    static func random() -> String {
        String(decoding: (0..<length).map { _ in digits[Int.random(in: digits.indices)] }, as: UTF8.self)
    }

    static func isValid(_ text: String) -> Bool {
        text.utf8.count == length && text.utf8.allSatisfy { digits.contains($0) }
    }
}
