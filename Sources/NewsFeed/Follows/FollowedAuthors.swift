import Synchronization

/// Whom a user follows, as it was at one version.
struct FollowedAuthors: Sendable {
    let version: String
    let authors: [UserName]
    let all: Set<UserName>
    /// Those of them whose posts are not all pushed, as of another version.
    let pulledVersion: String
    let pulled: [UserName]
    private let pulledAuthors: Set<UserName>

    func isPulled(_ author: UserName) -> Bool { pulledAuthors.contains(author) }

    init(version: String, authors: [UserName], pulledVersion: String, pulledAuthors: Set<UserName>) {
        (self.version, self.authors, self.pulledVersion) = (version, authors, pulledVersion)
        (self.pulledAuthors, all) = (pulledAuthors, Set(authors))
        pulled = authors.filter(pulledAuthors.contains)
    }
}

/// What an instance remembers of whom its readers follow. It is never trusted without a look at the versions.
final class FollowCache: Sendable {
    private struct State {
        var pulledVersion = ""
        var pulledAuthors: Set<UserName> = []
        var followed: [UserName: FollowedAuthors] = [:]
        var names = 0
    }
    private let state = Mutex(State())
    private let capacity: Int

    /// - Parameter capacity: so many names at most.
    init(capacity: Int = 1_000_000) { self.capacity = capacity }

    /// The authors whose posts are not all pushed; nil when those of another version are known.
    func pulledAuthors(version: String) -> Set<UserName>? {
        state.withLock { $0.pulledVersion == version ? $0.pulledAuthors : nil }
    }

    func note(pulledAuthors: Set<UserName>, version: String) {
        state.withLock { ($0.pulledAuthors, $0.pulledVersion) = (pulledAuthors, version) }
    }

    func followed(by user: UserName) -> FollowedAuthors? {
        state.withLock { $0.followed[user] }
    }

    func note(_ followed: FollowedAuthors, of user: UserName) {
        state.withLock { state in
            if let former = state.followed.updateValue(followed, forKey: user) { state.names -= former.authors.count + 1 }
            state.names += followed.authors.count + 1
            // Any: a dictionary's order is random.
            while state.names > capacity, let (other, dropped) = state.followed.first {
                state.followed[other] = nil
                state.names -= dropped.authors.count + 1
            }
        }
    }
}
