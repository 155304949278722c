/// One line of an access log in the common or combined format of Apache and nginx:
///
///     host ident user [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 203023 "referer" "agent"
///
/// Fields are the log's own bytes, escapes included. Anything that follows the agent is ignored, as is the virtual host that
/// Debian's `vhost_combined` puts first.
struct AccessLogLine {
    let host: ArraySlice<UInt8>
    let ident: ArraySlice<UInt8>
    let user: ArraySlice<UInt8>
    let time: ReplayTime
    let request: ArraySlice<UInt8>
    /// nil where the log has a dash.
    let status: Int?
    /// nil where the log has a dash.
    let bytes: Int?
    /// nil in the common format.
    let referer: ArraySlice<UInt8>?
    /// nil in the common format.
    let agent: ArraySlice<UInt8>?

    /// What is wrong with a line, for people.
    struct Malformed: Error, Equatable {
        let reason: String
    }

    /// - Complexity: linear in the line's length.
    init(parsing line: ArraySlice<UInt8>) throws(Malformed) {
        var scanner = Scanner(line)
        var host = try scanner.word("host")
        var ident = try scanner.word("ident")
        let (userBeforeTime, time) = try scanner.userAndTime()
        var user = userBeforeTime
        request = try scanner.quoted("request")
        status = try scanner.number("status", digits: 3...3)
        bytes = try scanner.number("number of bytes", digits: 1...18)
        referer = scanner.nextIsQuote ? try scanner.quoted("referer") : nil
        agent = scanner.nextIsQuote ? try scanner.quoted("agent") : nil

        if Self.isVirtualHost(host), Self.looksLikeAddress(ident), let space = user.firstIndex(of: .space) {
            (host, ident, user) = (ident, user[..<space], user[(space + 1)...])
        }
        self.host = host
        self.ident = ident
        self.user = user
        self.time = time
    }

    /// The first word of the request; nil when it has only one, as hostile requests do.
    var method: ArraySlice<UInt8>? {
        request.firstIndex(of: .space).map { request[..<$0] }
    }

    /// The request's target without its query; the whole request when it is not of HTTP's form.
    var path: ArraySlice<UInt8> {
        guard let start = request.firstIndex(of: .space), let end = request.lastIndex(of: .space), start < end else {
            return request
        }
        let target = request[(start + 1)..<end]
        return target.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
    }

    /// `example.com:443`
    private static func isVirtualHost(_ word: ArraySlice<UInt8>) -> Bool {
        guard let colon = word.lastIndex(of: UInt8(ascii: ":")) else { return false }
        let port = word[(colon + 1)...]
        return !port.isEmpty && port.allSatisfy(\.isDigit)
    }

    /// Only the server writes the second word, and it is an address only where a virtual host stands before it.
    private static func looksLikeAddress(_ word: ArraySlice<UInt8>) -> Bool {
        word.count > 1 && word.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") }
    }
}

extension UInt8 {
    static let space = UInt8(ascii: " ")
    static let quote = UInt8(ascii: "\"")
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
