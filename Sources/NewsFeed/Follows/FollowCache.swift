import Synchronization

/// What an instance remembers of whom its readers follow. It is never trusted without a look at the versions.
final class FollowCache: Sendable {
    private struct State {
        var pulledAuthors = PulledAuthors.none
        var followed: [UserName: FollowedAuthors] = [:]
        var names = 0
    }
    private let state = Mutex(State())
    private let capacity: Int

    /// - Parameter capacity: so many names at most, of 8 bytes each.
    init(capacity: Int = 8_000_000) { self.capacity = capacity }

    /// The authors whose posts are not all pushed; nil when those of another version are known.
    func pulledAuthors(version: String) -> PulledAuthors? {
        state.withLock { $0.pulledAuthors.version == version ? $0.pulledAuthors : nil }
    }

    func note(_ pulledAuthors: PulledAuthors) {
        state.withLock { $0.pulledAuthors = pulledAuthors }
    }

    /// Whom a user follows; nil when that is known of another version.
    func followed(by user: UserName, version: String) -> FollowedAuthors? {
        state.withLock { state in
            guard let known = state.followed[user], known.version == version else { return nil }
            return known
        }
    }

    func note(_ followed: FollowedAuthors, of user: UserName) {
        state.withLock { state in
            if let former = state.followed.updateValue(followed, forKey: user) { state.names -= Self.size(of: former) }
            state.names += Self.size(of: followed)
            // Any: a dictionary's order is random.
            while state.names > capacity, let (other, dropped) = state.followed.first {
                state.followed[other] = nil
                state.names -= Self.size(of: dropped)
            }
        }
    }

    /// A user who follows nobody takes some memory, too.
    private static func size(of followed: FollowedAuthors) -> Int { followed.count + 16 }
}
