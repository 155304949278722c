/// What instances tell each other on their channel.
enum URLShortenerEvent: Equatable {
    /// All numbers below may have been issued. Written by the script that leases them.
    case leased(below: Int)

    /// nil: of another version, or of somebody else.
    init?(text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2, words[0] == "leased", let number = Int(words[1]), (0...1 << 53).contains(number) else {
            return nil
        }
        self = .leased(below: number)
    }
}
