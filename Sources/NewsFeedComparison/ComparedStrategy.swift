/// A way to bring posts to readers.
public enum ComparedStrategy: Sendable, Hashable {
    /// Into the timeline of each follower, when it is posted.
    case push
    /// From the author's own list, when a feed is read.
    case pull
    /// Pull the authors who have so many followers or more, push the others.
    case hybrid(threshold: Int)
    /// Push or pull for each author and follower by themselves. No service offers it: it shows what could be won.
    case pairwise

    public enum Kind: String, Sendable, CaseIterable {
        case push, pull, hybrid, pairwise
    }

    public var kind: Kind {
        switch self {
        case .push: .push
        case .pull: .pull
        case .hybrid: .hybrid
        case .pairwise: .pairwise
        }
    }

    public var threshold: Int? {
        if case .hybrid(let threshold) = self { threshold } else { nil }
    }
}

extension ComparedStrategy: CustomStringConvertible {
    /// `push`, `hybrid 50`
    public var description: String {
        threshold.map { "\(kind.rawValue) \($0)" } ?? kind.rawValue
    }
}
