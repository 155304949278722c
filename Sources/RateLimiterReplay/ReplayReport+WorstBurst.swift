import HTMLReport
import RateLimiter
import Terminal

extension ReplayReport {
    /// The worst burst of each algorithm, and why they differ.
    static func worstBursts(_ result: ReplayResult) -> String {
        let period = NumberFormat.duration(microseconds: result.limit.periodMicroseconds)
        let rows = result.algorithms.map { algorithm -> [String] in
            guard let burst = algorithm.worstBurst else { return [algorithm.algorithm, "0", "-", "-", "-", "-"] }
            return [
                algorithm.algorithm, NumberFormat.count(burst.count), NumberFormat.ratio(burst.count, to: result.limit.count),
                "\(burst.first.date) \(burst.first.timeOfDay)", "\(burst.last.date) \(burst.last.timeOfDay)", burst.key,
            ]
        }
        let table = HTML.table(
            caption: "The most that one key was admitted in any \(period)",
            rows: [["", "Admitted", "Of the limit", "First (UTC)", "Last (UTC)", result.by.description]] + rows,
            textColumns: [5])
        return """
            <section>
            <h2>The worst burst</h2>
            <p>A limit says what may happen in \(period). How well an algorithm keeps to it shows in the window of that length, from
            wherever it begins, in which one key was admitted most.</p>
            \(table)
            <h3>Why a fixed window can admit twice the limit</h3>
            <p>It counts from one boundary of the clock to the next and forgets at each. Who spends the limit just before a boundary
            may spend it again just after: twice as much, moments apart, and no single window was over its limit. A sliding window
            forgets each request only when a whole period has passed since, so no window anywhere holds more than the limit. A token
            bucket lets a full bucket go at once and refills meanwhile, so over one period it can come near twice the limit too, but
            only after a rest, and never twice at once.</p>
            \(boundaryDrawing(result, period: period))
            </section>
            """
    }

    /// Two neighbouring fixed windows, and the window across their boundary that holds both bursts.
    private static func boundaryDrawing(_ result: ReplayResult, period: String) -> String {
        let limit = NumberFormat.count(result.limit.count)
        let both = NumberFormat.count(result.limit.count * 2)
        let bars = (0..<5).map { index in
            "<rect class=\"burst\" x=\"\(424 + index * 10)\" y=\"58\" width=\"6\" height=\"62\"/>"
                + "<rect class=\"burst\" x=\"\(484 + index * 10)\" y=\"58\" width=\"6\" height=\"62\"/>"
        }
        return """
            <figure>
            <svg viewBox="0 0 960 172" role="img" aria-labelledby="boundary-title boundary-description">
            <title id="boundary-title">A burst across the boundary of two fixed windows</title>
            <desc id="boundary-description">\(limit) requests at the end of one window and \(limit) at the start of the next: each \
            window admits \(limit), and \(both) fall within one \(period) across the boundary.</desc>
            <path class="brace" d="M240 40V30H720V40"/>
            <text class="label" x="480" y="20" text-anchor="middle">any \(period): \(both) admitted</text>
            \(bars.joined())
            <path class="axis" d="M20 120H940"/>
            <path class="boundary" d="M20 50V132M478 50V132M940 50V132"/>
            <text class="label" x="249" y="144" text-anchor="middle">one window of \(period)</text>
            <text class="label" x="709" y="144" text-anchor="middle">the next</text>
            <text class="tick" x="249" y="163" text-anchor="middle">\(limit) admitted</text>
            <text class="tick" x="709" y="163" text-anchor="middle">\(limit) admitted</text>
            </svg>
            </figure>
            """
    }
}
