/// Tells machines that say so from people, by the user agent.
///
/// A bot is what crawls, previews links for others, or watches whether they work, and names itself: its user agent holds one of
/// ``words``. Tools that people call themselves (curl, wget, HTTP libraries), browsers without a screen, and whoever names no
/// user agent at all are counted as people: what they are cannot be told.
enum BotDetector {
    /// In lower case. `bot` is in most of them: Googlebot, bingbot, Slackbot, Twitterbot, Discordbot, GPTBot, UptimeRobot.
    static let words = [
        "bot", "crawl", "spider", "slurp", "archiver", "preview", "facebookexternal", "facebookcatalog", "meta-external",
        "whatsapp", "embedly", "iframely", "vkshare", "flipboardproxy", "quora link", "mastodon", "google-", "googleother",
        "mediapartners-google", "apis-google", "feedfetcher", "chrome-lighthouse", "pingdom", "statuscake", "site24x7",
        "check_http", "validator", "anthropic-ai", "cohere-ai", "linkcheck", "w3c-checklink",
    ]
    /// What holds such a word and means something else: telephones of that name.
    static let exceptions = ["cubot"]

    /// O(length), up to the first kilobyte.
    static func isBot(_ userAgent: String) -> Bool {
        var userAgent = userAgent
        return userAgent.withUTF8 { bytes in
            var position = 0
            let end = min(bytes.count, 1024)
            while position < end {
                switch trie.match(bytes, from: position, to: end) {
                case .word: return true
                case .exception(let length): position += length
                case nil: position += 1
                }
            }
            return false
        }
    }

    private static let trie = WordTrie(words: words, exceptions: exceptions)
}

/// Finds out which word begins at a place, whatever its case, in one step for each letter.
private struct WordTrie {
    enum Match {
        case word
        case exception(length: Int)
    }

    /// For each node 128 successors; 0: none. One array, so that nothing is retained on the way.
    private var successors = [UInt16](repeating: 0, count: 128)
    private var matches: [Match?] = [nil]

    init(words: [String], exceptions: [String]) {
        for word in words { insert(word, .word) }
        for exception in exceptions { insert(exception, .exception(length: exception.utf8.count)) }
    }

    func match(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Match? {
        var node = 0
        for position in start..<end {
            let byte = bytes[position]
            guard byte < 128 else { return nil }
            node = Int(successors[node << 7 | Int(byte)])
            if node == 0 { return nil }
            if let match = matches[node] { return match }
        }
        return nil
    }

    private mutating func insert(_ word: String, _ match: Match) {
        var node = 0
        for byte in word.utf8 {
            var next = Int(successors[node << 7 | Int(byte)])
            if next == 0 {
                next = matches.count
                matches.append(nil)
                successors += [UInt16](repeating: 0, count: 128)
                successors[node << 7 | Int(byte)] = UInt16(next)
                if (0x61...0x7A).contains(byte) { successors[node << 7 | Int(byte - 0x20)] = UInt16(next) }
            }
            node = next
        }
        matches[node] = match
    }
}
