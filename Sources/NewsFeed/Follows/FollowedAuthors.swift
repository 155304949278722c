/// Whom a user follows, as it was at one version: who is among them, and whose posts are merged at reading. Not their names, which take
/// ten times the memory; those are in Redis.
struct FollowedAuthors: Sendable {
    let version: String
    let pulledAuthors: PulledAuthors
    /// Those of them whose posts are not all pushed.
    let pulled: [UserName]
    /// In order.
    private let fingerprints: [Int]

    var count: Int { fingerprints.count }

    /// - Parameter isPushed: whose posts are pushed to this user all the same.
    init(
        version: String, names: [[UInt8]], pulledAuthors: PulledAuthors, isPushed: (UserName) -> Bool = { _ in false }
    ) {
        let fingerprints = names.map { name in name.withUnsafeBytes(UserName.fingerprint) }.sorted()
        self.init(version: version, fingerprints: fingerprints, pulledAuthors: pulledAuthors, isPushed: isPushed)
    }

    private init(version: String, fingerprints: [Int], pulledAuthors: PulledAuthors, isPushed: (UserName) -> Bool) {
        (self.version, self.fingerprints, self.pulledAuthors) = (version, fingerprints, pulledAuthors)
        pulled = fingerprints.compactMap { pulledAuthors.names[$0] }.filter { !isPushed($0) }
    }

    /// The same, as of another version of those.
    func with(_ pulledAuthors: PulledAuthors, isPushed: (UserName) -> Bool = { _ in false }) -> FollowedAuthors {
        FollowedAuthors(version: version, fingerprints: fingerprints, pulledAuthors: pulledAuthors, isPushed: isPushed)
    }

    func contains(_ author: UserName) -> Bool {
        let wanted = author.fingerprint
        var (lower, upper) = (0, fingerprints.count)
        while lower < upper {
            let middle = (lower + upper) / 2
            if fingerprints[middle] < wanted { lower = middle + 1 } else { upper = middle }
        }
        return lower < fingerprints.count && fingerprints[lower] == wanted
    }
}

/// The authors whose posts are not all pushed, as it was at one version.
struct PulledAuthors: Sendable {
    let version: String
    /// By their fingerprints.
    let names: [Int: UserName]

    static let none = PulledAuthors(version: "", names: [])

    init(version: String, names: [UserName]) {
        self.version = version
        self.names = Dictionary(names.map { ($0.fingerprint, $0) }) { first, _ in first }
    }

    func contains(_ author: UserName) -> Bool { names[author.fingerprint] != nil }
}

extension UserName {
    /// 64 bits that stand for the name within this process, of a hash whose key is random: nobody can choose names that share one,
    /// and by chance it happens once in 10^19 comparisons.
    var fingerprint: Int {
        var text = text
        return text.withUTF8 { Self.fingerprint(UnsafeRawBufferPointer($0)) }
    }

    static func fingerprint(_ bytes: UnsafeRawBufferPointer) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: bytes)
        return hasher.finalize()
    }
}
