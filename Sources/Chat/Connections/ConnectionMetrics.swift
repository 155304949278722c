import Metrics

struct ConnectionMetrics: Sendable {
    private let open = Gauge(label: "chat_connections")
    private let delivered = Counter(label: "chat_messages_delivered_total")
    /// Parts of logs that were read for connections.
    private let pages = Counter(label: "chat_pages_read_total")
    private let losses = Counter(label: "chat_event_losses_total")
    private let repairs = Counter(label: "chat_repairs_total")

    func note(connections: Int) { open.record(connections) }
    func note(delivered count: Int) { if count > 0 { delivered.increment(by: count) } }
    func notePage() { pages.increment() }
    func noteLoss() { losses.increment() }
    func noteRepair() { repairs.increment() }
}
