/// Whether everything arrived that was published to this server. Events are numbered one after the other; and once a second the
/// server publishes a beat to itself, by which it notices a loss behind which nothing follows.
struct EventOrder: Sendable {
    /// Whether everything has arrived, as far as it is known.
    private(set) var isCertain = false
    /// How often something was missed.
    private(set) var losses = 0
    /// As of this moment nothing is missing; milliseconds since 1970 by Redis' clock.
    private(set) var completeThrough: Int?
    private var last: Int?
    private var beat: (number: Int, moment: Int)?
    /// So many beats were published since anything was heard.
    private var silentBeats = 0

    /// Whoever has so much to hear that a beat is late hears something. Silence is a loss.
    private static let patience = 2

    /// The server listens from now on. What was published before may be missing.
    mutating func begin() {
        (last, beat, silentBeats) = (nil, nil, 0)
        lose()
    }

    mutating func lose() {
        isCertain = false
        losses += 1
    }

    /// - Returns: whether nothing is missing before it.
    mutating func hear(_ number: Int) -> Bool {
        let isNext = last.map { number == $0 + 1 } ?? true
        if !isNext { lose() }
        (last, silentBeats) = (number, 0)
        return isNext
    }

    /// A beat was published, with this number.
    /// - Parameter moment: something before it, in milliseconds since 1970 by Redis' clock.
    /// - Returns: false when the beats before it are lost, rather than late: nothing has arrived since.
    mutating func published(beat number: Int, at moment: Int) -> Bool {
        defer { beat = (number, moment) }
        guard let previous = beat?.number, previous > last ?? 0 else { return true }
        silentBeats += 1
        guard silentBeats >= Self.patience else { return true }
        silentBeats = 0
        lose()
        return false
    }

    /// Whatever was missing was read.
    /// - Parameter losses: as of before it was.
    mutating func repaired(asOf losses: Int) {
        if losses == self.losses { isCertain = true }
    }

    /// - Returns: a moment up to which everything has arrived, when it is another than before.
    mutating func advance() -> Int? {
        guard isCertain, let beat, let last, beat.number <= last, beat.moment != completeThrough else { return nil }
        completeThrough = beat.moment
        return beat.moment
    }
}
