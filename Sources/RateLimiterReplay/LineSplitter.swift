/// Cuts a stream of bytes into lines, whatever the chunks it comes in.
struct LineSplitter {
    enum Line {
        /// A line without its line feed.
        case whole(ArraySlice<UInt8>)
        /// The beginning of a line that is longer than ``longestLine``; the rest of it is passed over.
        case tooLong(ArraySlice<UInt8>)
    }

    /// Far above what servers write: they take 8 KiB of request and of each header, and an escaped byte is four.
    static let longestLine = 131_072

    /// The beginning of a line whose end has not come yet.
    private var unfinished: [UInt8] = []
    private var isPassingOver = false

    /// - Complexity: linear in the chunk's length; at most ``longestLine`` bytes are kept between calls.
    mutating func push(_ chunk: [UInt8], _ deliver: (Line) -> Void) {
        var rest = chunk[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            if unfinished.isEmpty, !isPassingOver, end - rest.startIndex <= Self.longestLine {
                deliver(.whole(rest[..<end]))
            } else {
                keep(rest[..<end], deliver)
                finish(deliver)
            }
            rest = rest[(end + 1)...]
        }
        keep(rest, deliver)
    }

    /// Delivers a last line that no line feed ends.
    mutating func finish(_ deliver: (Line) -> Void) {
        if !isPassingOver, !unfinished.isEmpty { deliver(.whole(unfinished[...])) }
        unfinished.removeAll(keepingCapacity: true)
        isPassingOver = false
    }

    private mutating func keep(_ part: ArraySlice<UInt8>, _ deliver: (Line) -> Void) {
        guard !isPassingOver else { return }
        if unfinished.count + part.count > Self.longestLine {
            unfinished.append(contentsOf: part.prefix(Self.longestLine - unfinished.count))
            deliver(.tooLong(unfinished[...]))
            isPassingOver = true
        } else {
            unfinished.append(contentsOf: part)
        }
    }
}
