import Metrics

struct ServerMetrics: Sendable {
    private let cleared = Counter(label: "chat_dead_servers_cleared_total")
    /// Connections that dead servers have left behind.
    private let ghosts = Counter(label: "chat_ghost_connections_cleared_total")
    private let lost = Counter(label: "chat_leases_lost_total")
    private let servers = Gauge(label: "chat_servers")

    func noteCleared(connections: Int) {
        cleared.increment()
        ghosts.increment(by: connections)
    }
    func noteLeaseLost() { lost.increment() }
    func note(servers count: Int) { servers.record(count) }
}
