/// Who listens to which channel, and which channels the server has confirmed. Pure bookkeeping: it says what to send
/// and whom to tell.
struct SubscriptionRegistry {
    private var listeners: [String: [RedisSubscription]] = [:]
    private var confirmed: Set<String> = []
    /// How many confirmations are still to come.
    private var awaited: [String: Int] = [:]

    /// All channels that someone listens to.
    var channels: [String] { Array(listeners.keys) }

    /// Whether every channel that someone listens to is in force.
    var isConfirmed: Bool { listeners.keys.allSatisfy(confirmed.contains) }

    /// - Returns: the channels to subscribe to, and whether the subscription is in force already.
    mutating func add(_ subscription: RedisSubscription) -> (channels: [String], isConfirmed: Bool) {
        var new: [String] = []
        for channel in subscription.channels {
            if listeners[channel] == nil { new.append(channel) }
            listeners[channel, default: []].append(subscription)
        }
        return (new, subscription.channels.isSubset(of: confirmed))
    }

    /// - Returns: the channels that nobody listens to any more.
    mutating func remove(_ subscription: RedisSubscription) -> [String] {
        var abandoned: [String] = []
        for channel in subscription.channels {
            listeners[channel]?.removeAll { $0 === subscription }
            if listeners[channel]?.isEmpty == true {
                listeners[channel] = nil
                confirmed.remove(channel)
                abandoned.append(channel)
            }
        }
        return abandoned
    }

    func listeners(to channel: String) -> [RedisSubscription] {
        listeners[channel] ?? []
    }

    /// The server has been asked for these channels.
    mutating func sent(_ channels: [String]) {
        for channel in channels { awaited[channel, default: 0] += 1 }
    }

    /// The server confirmed a channel.
    /// - Returns: the subscriptions that are in force with it.
    mutating func confirm(_ channel: String) -> [RedisSubscription] {
        // Given up and asked for again meanwhile: only the last confirmation has no gap behind it.
        let rest = awaited[channel, default: 1] - 1
        awaited[channel] = rest > 0 ? rest : nil
        guard rest <= 0 else { return [] }
        // A confirmation may come for a channel that was given up.
        guard listeners[channel] != nil, confirmed.insert(channel).inserted else { return [] }
        return listeners(to: channel).filter { $0.channels.isSubset(of: confirmed) }
    }

    /// The connection was lost.
    /// - Returns: the subscriptions that were in force until now.
    mutating func interrupt() -> [RedisSubscription] {
        defer { (confirmed, awaited) = ([], [:]) }
        return all.filter { !$0.channels.isEmpty && $0.channels.isSubset(of: confirmed) }
    }

    var all: [RedisSubscription] {
        var seen: Set<ObjectIdentifier> = []
        return listeners.values.joined().filter { seen.insert(ObjectIdentifier($0)).inserted }
    }
}
