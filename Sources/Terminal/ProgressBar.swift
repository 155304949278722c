import Foundation

/// Draws how far a file has been worked through on a terminal, in one line, at most ten times a second.
///
///     var bar = ProgressBar(counting: "lines")
///     while … { …; bar?.update(readBytes: readBytes, of: totalBytes, count: lines) }
///     bar?.clear()
public struct ProgressBar {
    private let noun: String
    private let descriptor: Int32
    private let start = ContinuousClock.now
    private var lastDrawn: ContinuousClock.Instant?

    /// - Parameter noun: what is counted, in the plural.
    /// - Returns: nil when the descriptor, standard error unless given, is not a terminal.
    public init?(counting noun: String, descriptor: Int32 = 2) {
        guard isatty(descriptor) == 1 else { return nil }
        (self.noun, self.descriptor) = (noun, descriptor)
    }

    /// Draws the bar anew, unless it was drawn less than a tenth of a second ago.
    /// - Parameter totalBytes: the file's length; nil for a pipe.
    public mutating func update(readBytes: Int64, of totalBytes: Int64?, count: Int) {
        let now = ContinuousClock.now
        if let lastDrawn, now - lastDrawn < .milliseconds(100) { return }
        lastDrawn = now
        let line = Self.line(
            readBytes: readBytes, of: totalBytes, count: count, noun: noun, elapsed: now - start, width: terminalWidth)
        draw("\r\(line)\u{1b}[K")
    }

    /// Draws the bar of something that is no file.
    /// - Parameters:
    ///   - count: of what is counted, so many are done.
    ///   - total: above 0.
    public mutating func update(count: Int, of total: Int) {
        update(readBytes: Int64(count), of: Int64(total), count: count)
    }

    /// Removes the bar, so that something else can take its place.
    public mutating func clear() {
        if lastDrawn != nil { draw("\r\u{1b}[K") }
        lastDrawn = nil
    }

    /// One line, narrower than `width`: share of the file, how many a second, and time left as far as it can be told.
    static func line(
        readBytes: Int64, of totalBytes: Int64?, count: Int, noun: String, elapsed: Duration, width: Int
    ) -> String {
        let seconds = elapsed / .seconds(1)
        let rate = "\(NumberFormat.count(seconds > 0 ? Int(Double(count) / seconds) : 0)) \(noun)/s"
        guard let totalBytes, totalBytes > 0 else {
            let text = "\(NumberFormat.bytes(readBytes))  \(rate)"
            return String(text.prefix(max(0, width - 1)))
        }
        let share = min(1, Double(readBytes) / Double(totalBytes))
        let left = share > 0 ? Int(seconds / share * (1 - share)) : 0
        let text = "\(Int(share * 100))%  \(rate)  \(clock(left)) left"
        let room = min(40, width - text.count - 3)
        guard room >= 5 else { return String(text.prefix(max(0, width - 1))) }
        let done = Int(share * Double(room))
        return String(repeating: "█", count: done) + String(repeating: "░", count: room - done) + "  " + text
    }

    /// `1:05`, `2:00:00`
    private static func clock(_ seconds: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let minutes = seconds / 60
        let end = two(seconds % 60)
        return minutes < 60 ? "\(minutes):\(end)" : "\(minutes / 60):\(two(minutes % 60)):\(end)"
    }

    private var terminalWidth: Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// A bar that cannot be drawn is no reason to stop.
    private func draw(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(descriptor, bytes, bytes.count)
    }
}
