import RedisMeasuring
import Terminal

/// Which strategy a group of this size wants, and why.
///
/// Noting a message with each member costs Redis something for each member and message; looking into the log costs something for each
/// return of a member, whether there is something new or not. What counts is the time of the thread that executes Redis' commands,
/// since that thread is what a chat runs out of first, and that the last member has a message soon enough.
public struct FanOutRecommendation: Sendable, Hashable, Encodable {
    public let strategy: FanOutStrategy
    public let reason: String
    /// Milliseconds until the last member has a message, p99.
    public let boundMs: Double
    /// From so many returns of each member for each message on, inboxes are cheaper; nil: they never are, or always.
    public let breakEvenReturns: Double?
    /// What differs by less, of the cheaper, is not told apart: a twentieth, or as much as the measurements are uncertain.
    public let margin: Double

    init(_ outcomes: [FanOutOutcome], _ work: FanOutWork, bound: Double) {
        boundMs = bound
        margin = min(1, max(0.05, outcomes.map(\.uncertainty).max() ?? 0)).rounded(places: 3)
        breakEvenReturns = Self.breakEven(outcomes, members: work.members)
        let (chosen, why) = Self.choose(outcomes, bound: bound, margin: margin)
        strategy = chosen?.strategy ?? .inboxes
        var sentences = [why]
        if let chosen, let other = outcomes.first(where: { $0.strategy != chosen.strategy }) {
            let returns = Self.number(work.returns(perMessage: work.returnsPerMessage))
            sentences.append(
                "A message and the \(returns) returns that come with it take \(Self.number(chosen.cost)) µs of Redis' command "
                    + "thread, with \(other.strategy.title) \(Self.number(other.cost)) µs.")
        }
        if let breakEvenReturns {
            sentences.append(
                "Inboxes are cheaper where each member comes back more often than \(Self.number(breakEvenReturns)) times "
                    + "for each message.")
        }
        sentences.append(
            strategy == .inboxes
                ? "A --fanout-threshold of at least \(NumberFormat.count(work.members)) does it."
                : "A --fanout-threshold below \(NumberFormat.count(work.members)) does it.")
        reason = sentences.joined(separator: " ")
    }

    private static func choose(
        _ outcomes: [FanOutOutcome], bound: Double, margin: Double
    ) -> (FanOutOutcome?, String) {
        let within = outcomes.filter { $0.lastMemberMs.p99 <= bound }
        let limit = "\(number(bound)) ms"
        switch within.count {
        case 0:
            return (
                outcomes.min { $0.lastMemberMs.p99 < $1.lastMemberMs.p99 },
                "With neither the last member has a message within \(limit) (p99); this is the faster."
            )
        case 1: return (within[0], "Only with it the last member has a message within \(limit) (p99).")
        default:
            let cheapest = within.min { $0.cost < $1.cost }
            let least = cheapest?.cost ?? 0
            if within.allSatisfy({ $0.cost <= least * (1 + margin) }) {
                return (
                    within.min { $0.lastMemberMs.p50 < $1.lastMemberMs.p50 },
                    "Neither is clearly cheaper, and with it the last member has a message sooner."
                )
            }
            return (cheapest, "It is the cheaper, and the last member has a message within \(limit) (p99) with either.")
        }
    }

    /// Where both cost the same.
    private static func breakEven(_ outcomes: [FanOutOutcome], members: Int) -> Double? {
        guard let inboxes = outcomes.first(where: { $0.strategy == .inboxes }),
            let log = outcomes.first(where: { $0.strategy == .log })
        else { return nil }
        let noting = inboxes.message.cpuMicroseconds - log.message.cpuMicroseconds
        let looking = (log.quietReturn.cpuMicroseconds - inboxes.quietReturn.cpuMicroseconds) * Double(members)
        guard noting > 0, looking > 0 else { return nil }
        return (noting / looking).rounded(places: 3)
    }

    private static func number(_ value: Double) -> String { NumberFormat.decimal(value) }
}

extension FanOutStrategy {
    var title: String {
        switch self {
        case .inboxes: "inboxes"
        case .log: "the log"
        }
    }
}
