/// Several lists of posts, each newest first, as one without repetitions.
///
/// What of a list is not read yet holds back all that might come after it: a source that has run dry, and has more, is to be
/// read on before the next is taken. So sources of any depth make no gap.
struct FeedMerge {
    private struct Source {
        var members: ArraySlice<String> = []
        /// The last that was read of it.
        var last: String?
        var hasMore = true
        /// So many are read at once: each time twice as many, up to the length of a page.
        var chunk: Int
    }
    private var sources: [Source]
    private let largestChunk: Int
    /// The last that was taken; the next is behind it.
    private(set) var position: String?

    /// - Parameters:
    ///   - position: the merged list begins behind it; nil: at the newest.
    ///   - pageSize: about as many will be taken.
    init(sourceCount: Int, after position: String?, pageSize: Int) {
        largestChunk = max(1, pageSize)
        let first =
            switch sourceCount {
            case ...4: pageSize
            case ...256: 8
            default: 3
            }
        sources = Array(repeating: Source(last: position, chunk: max(1, min(first, pageSize))), count: sourceCount)
        self.position = position
    }

    struct Reading {
        let source: Int
        /// As `ZRANGEBYLEX` takes it.
        let minimum: String
        let count: Int
    }

    /// What is to be read before the next can be taken.
    var readings: [Reading] {
        sources.indices.compactMap { index in
            let source = sources[index]
            guard source.members.isEmpty, source.hasMore else { return nil }
            return Reading(source: index, minimum: Self.minimum(after: source.last), count: source.chunk)
        }
    }

    mutating func note(_ members: [String], for reading: Reading) {
        sources[reading.source].members = members[...]
        sources[reading.source].last = members.last ?? sources[reading.source].last
        sources[reading.source].hasMore = members.count >= reading.count
        sources[reading.source].chunk = min(2 * reading.count, largestChunk)
    }

    enum Step: Equatable {
        case taken(String)
        /// Some sources have to be read on: see ``readings``.
        case dry
        /// There is none before the bound.
        case atBound
        case ended
    }

    /// Takes the next.
    /// - Parameter bound: only what lies before it.
    mutating func next(before bound: String = TimelineState.end) -> Step {
        while true {
            var first: String?
            for source in sources {
                guard let head = source.members.first else {
                    if source.hasMore { return .dry }
                    continue
                }
                if first.map({ head < $0 }) ?? true { first = head }
            }
            guard let first else { return bound == TimelineState.end ? .ended : .atBound }
            guard first < bound else { return .atBound }
            for index in sources.indices where sources[index].members.first == first { sources[index].members.removeFirst() }
            if let position, first <= position { continue }
            position = first
            return .taken(first)
        }
    }

    static func minimum(after position: String?) -> String {
        position.map { "(" + $0 } ?? "-"
    }
}
