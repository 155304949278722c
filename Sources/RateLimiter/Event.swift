/// What instances tell each other on their channel.
enum Event {
    case alive(instance: String, number: Int)
    case reset(Bucket)
    case policiesChanged

    var text: String {
        switch self {
        case .alive(let instance, let number): "alive \(instance) \(number)"
        case .reset(let bucket): "reset \(bucket.policy) \(bucket.key)"
        case .policiesChanged: PolicyStore.changed
        }
    }

    /// nil: of another version, or of somebody else.
    init?(text: String) {
        // A key may hold spaces itself; and begin with what would make one character of it and the space before.
        let words = text.unicodeScalars.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        switch (words.first, words.count) {
        case ("alive", 3):
            guard let number = Int(words[2]) else { return nil }
            self = .alive(instance: words[1], number: number)
        case ("reset", 3): self = .reset(Bucket(policy: words[1], key: words[2]))
        case (PolicyStore.changed, 1): self = .policiesChanged
        default: return nil
        }
    }
}
