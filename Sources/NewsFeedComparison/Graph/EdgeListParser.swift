/// Reads an edge list: a follower and a followee on each line, with white space between; `#` begins a comment.
///
/// Names are any bytes of UTF-8 without ASCII white space, and are the same when their bytes are.
struct EdgeListParser {
    /// Beyond it a line is no pair.
    static let longestLine = 4096
    static let longestName = 512

    private(set) var edges: [FollowGraph.Edge] = []
    var userCount: Int { numbers.count }

    private var numbers: [[UInt8]: Int32] = [:]
    /// The beginning of a line whose end has not come yet.
    private var unfinished: [UInt8] = []
    private var isPassingOverComment = false
    private var line = 1
    private let maximumEdges: Int

    init(maximumEdges: Int = FollowGraph.maximumEdges) {
        self.maximumEdges = maximumEdges
    }

    /// - Throws: ``ComparisonError`` with the line's number.
    mutating func push(_ chunk: [UInt8]) throws(ComparisonError) {
        var rest = chunk[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            if unfinished.isEmpty, !isPassingOverComment {
                try parse(rest[..<end])
            } else {
                try keep(rest[..<end])
                try finish()
            }
            line += 1
            rest = rest[(end + 1)...]
        }
        try keep(rest)
    }

    /// Reads a last line that no line feed ends.
    mutating func finish() throws(ComparisonError) {
        if !isPassingOverComment, !unfinished.isEmpty { try parse(unfinished[...]) }
        unfinished.removeAll(keepingCapacity: true)
        isPassingOverComment = false
    }

    private mutating func keep(_ part: ArraySlice<UInt8>) throws(ComparisonError) {
        guard !isPassingOverComment else { return }
        unfinished.append(contentsOf: part.prefix(Self.longestLine + 1 - unfinished.count))
        guard unfinished.count > Self.longestLine else { return }
        guard Self.isComment(unfinished[...]) else { throw tooLong }
        isPassingOverComment = true
    }

    private mutating func parse(_ bytes: ArraySlice<UInt8>) throws(ComparisonError) {
        var bytes = bytes
        // What some editors put before the first line.
        if line == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        var words: [ArraySlice<UInt8>] = []
        for word in bytes.split(maxSplits: 3, whereSeparator: Self.isSpace) {
            if word.first == UInt8(ascii: "#") { break }
            words.append(word)
        }
        guard bytes.count <= Self.longestLine || Self.isComment(bytes) else { throw tooLong }
        if words.isEmpty { return }
        guard words.count == 2 else {
            let found = words.count == 1 ? "one word" : "more than two words"
            throw malformed("it has \(found), and an edge is a follower and a followee")
        }
        let (follower, followee) = (try number(of: words[0]), try number(of: words[1]))
        guard edges.count < maximumEdges else {
            throw ComparisonError(.invalidGraph, "The graph has more than \(maximumEdges) edges; a sample of it would do.")
        }
        edges.append(.init(follower: follower, followee: followee))
    }

    private mutating func number(of word: ArraySlice<UInt8>) throws(ComparisonError) -> Int32 {
        let name = Array(word)
        if let number = numbers[name] { return number }
        guard name.count <= Self.longestName else { throw malformed("it has a name of more than \(Self.longestName) bytes") }
        guard String(validating: name, as: UTF8.self) != nil else { throw malformed("it is not UTF-8") }
        guard !name.contains(0) else { throw malformed("it holds a zero byte, so this is no text") }
        let number = Int32(numbers.count)
        numbers[name] = number
        return number
    }

    private var tooLong: ComparisonError { malformed("it has more than \(Self.longestLine) bytes") }

    private func malformed(_ reason: String) -> ComparisonError {
        ComparisonError(.invalidGraph, "Line \(line) is malformed: \(reason).")
    }

    private static func isComment(_ line: ArraySlice<UInt8>) -> Bool {
        line.first { !isSpace($0) } == UInt8(ascii: "#")
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || (0x09...0x0D).contains(byte)
    }
}
