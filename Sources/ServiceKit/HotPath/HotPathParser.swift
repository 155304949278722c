#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Decides whether bytes begin with a whole, plain request for a hot path.
///
/// Safe through how little it accepts: `GET` or `HEAD`, HTTP/1.1, exactly one `Host`, no header that changes framing or
/// the connection, no folded lines, no control characters, a bounded length. It never repairs and never guesses.
struct HotPathParser {
    enum Result {
        /// Nothing speaks against it yet.
        case incomplete
        case request(HotPathRequest, length: Int)
        /// For the router, with all that follows.
        case other
    }

    static let maximumHeadLength = 8 << 10
    static let maximumFieldCount = 100
    private let prefix: [UInt8]

    init(prefix: [UInt8]) {
        self.prefix = prefix
    }

    func parse(_ bytes: UnsafeRawBufferPointer) -> Result {
        let isHead: Bool
        let method: Int
        if bytes.begins(with: "GET ") {
            (isHead, method) = (false, 4)
        } else if bytes.begins(with: "HEAD ") {
            (isHead, method) = (true, 5)
        } else {
            // Too short to tell, or another method.
            return bytes.count < 5 && (bytes.isBeginning(of: "GET ") || bytes.isBeginning(of: "HEAD ")) ? .incomplete : .other
        }
        let target = UnsafeRawBufferPointer(rebasing: bytes[method...])
        guard target.count >= prefix.count else { return target.isBeginning(of: prefix) ? .incomplete : .other }
        guard target.begins(with: prefix) else { return .other }

        guard let requestLine = lineEnd(in: bytes, from: 0) else { return unfinished(bytes) }
        let version = " HTTP/1.1"
        guard requestLine.isWellFormed, requestLine.end >= method + prefix.count + version.utf8.count,
            UnsafeRawBufferPointer(rebasing: bytes[(requestLine.end - version.utf8.count)..<requestLine.end]).begins(
                with: version)
        else { return .other }

        var position = requestLine.next
        var (fields, hosts) = (0, 0)
        while true {
            guard let line = lineEnd(in: bytes, from: position) else { return unfinished(bytes) }
            guard line.isWellFormed else { return .other }
            if line.end == position { break }
            fields += 1
            switch classify(UnsafeRawBufferPointer(rebasing: bytes[position..<line.end])) {
            case .harmless: break
            case .host: hosts += 1
            case .meaningful: return .other
            }
            position = line.next
        }
        let length = position + 2
        guard hosts == 1, fields <= Self.maximumFieldCount, length <= Self.maximumHeadLength else { return .other }
        let path = bytes[(method + prefix.count)..<(requestLine.end - version.utf8.count)]
        guard let (path, query) = split(UnsafeRawBufferPointer(rebasing: path)) else { return .other }
        let lines = HotPathFields(lines: UnsafeRawBufferPointer(rebasing: bytes[requestLine.next..<position]))
        return .request(HotPathRequest(isHead: isHead, path: path, query: query, fields: lines), length: length)
    }

    private func unfinished(_ bytes: UnsafeRawBufferPointer) -> Result {
        bytes.count < Self.maximumHeadLength ? .incomplete : .other
    }

    /// The next line from a position; nil while there is no LF. Well-formed: it ends in CR LF and has no control character
    /// before that.
    private func lineEnd(in bytes: UnsafeRawBufferPointer, from start: Int) -> (end: Int, next: Int, isWellFormed: Bool)? {
        guard let base = bytes.baseAddress, start < bytes.count, let found = memchr(base + start, 0x0A, bytes.count - start)
        else {
            return nil
        }
        let lineFeed = UnsafeRawPointer(found) - base
        guard lineFeed > start, bytes[lineFeed - 1] == 0x0D else { return (lineFeed, lineFeed + 1, false) }
        let end = lineFeed - 1
        return (end, lineFeed + 1, !UnsafeRawBufferPointer(rebasing: bytes[start..<end]).hasControlCharacter)
    }

    private enum Header { case harmless, host, meaningful }

    private func classify(_ line: UnsafeRawBufferPointer) -> Header {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return .meaningful }
        let name = UnsafeRawBufferPointer(rebasing: line[..<colon])
        // Also a folded line, which begins with white space, and white space before the colon.
        guard name.allSatisfy(\.isTokenCharacter) else { return .meaningful }
        switch name.count {
        case 4 where name.equals("host"): return .host
        case 6 where name.equals("expect"), 7 where name.equals("upgrade"), 7 where name.equals("trailer"),
            14 where name.equals("content-length"), 17 where name.equals("transfer-encoding"),
            16 where name.equals("proxy-connection"), 14 where name.equals("http2-settings"), 2 where name.equals("te"):
            return .meaningful
        case 10 where name.equals("connection"):
            let value = UnsafeRawBufferPointer(rebasing: line[(colon + 1)...]).trimmed
            return value.equals("keep-alive") ? .harmless : .meaningful
        default: return .harmless
        }
    }

    /// nil when the target holds what only a router should judge: white space, control characters, bytes beyond ASCII, `#`.
    private func split(_ target: UnsafeRawBufferPointer) -> (path: UnsafeRawBufferPointer, query: UnsafeRawBufferPointer?)? {
        var mark: Int?
        for (index, byte) in target.enumerated() {
            guard byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "#") else { return nil }
            if byte == UInt8(ascii: "?"), mark == nil { mark = index }
        }
        guard let mark else { return (target, nil) }
        return (UnsafeRawBufferPointer(rebasing: target[..<mark]), UnsafeRawBufferPointer(rebasing: target[(mark + 1)...]))
    }
}

extension UnsafeRawBufferPointer {
    func begins(with text: String) -> Bool {
        count >= text.utf8.count && zip(self, text.utf8).allSatisfy { $0 == $1 }
    }

    func begins(with other: [UInt8]) -> Bool {
        count >= other.count && zip(self, other).allSatisfy { $0 == $1 }
    }

    func isBeginning(of text: String) -> Bool {
        count <= text.utf8.count && zip(self, text.utf8).allSatisfy { $0 == $1 }
    }

    func isBeginning(of other: [UInt8]) -> Bool {
        count <= other.count && zip(self, other).allSatisfy { $0 == $1 }
    }

    /// ASCII letters match in either case; `lowercased` is written in lower case.
    func equals(_ lowercased: String) -> Bool {
        guard count == lowercased.utf8.count else { return false }
        return zip(self, lowercased.utf8).allSatisfy { byte, wanted in
            byte == wanted || (byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") && byte | 0x20 == wanted)
        }
    }

    /// Other than tabs. It looks at every byte rather than stop at the first, so that many can be looked at in one instruction.
    var hasControlCharacter: Bool {
        reduce(0 as UInt8) { $0 | ((($1 < 0x20 && $1 != 0x09) || $1 == 0x7F) ? 1 : 0) } != 0
    }

    var trimmed: UnsafeRawBufferPointer {
        var rest = self[...]
        while let first = rest.first, first == 0x20 || first == 0x09 { rest.removeFirst() }
        while let last = rest.last, last == 0x20 || last == 0x09 { rest.removeLast() }
        return UnsafeRawBufferPointer(rebasing: rest)
    }
}

extension UInt8 {
    /// RFC 9110, section 5.6.2.
    fileprivate var isTokenCharacter: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "'"),
            UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"),
            UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
