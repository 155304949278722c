import Metrics

struct NewsFeedMetrics: Sendable {
    private let accepted = Counter(label: "news_feed_posts_accepted_total")
    private let rebuilt = Counter(label: "news_feed_timelines_rebuilt_total")
    /// Pages that reached beyond what the timeline knows.
    private let pulled = Counter(label: "news_feed_pages_pulled_total")
    private let waiting = Gauge(label: "news_feed_queue_length")
    private let age = Gauge(label: "news_feed_queue_age_seconds")

    func noteAccepted() { accepted.increment() }
    func noteRebuilt() { rebuilt.increment() }
    func notePulled() { pulled.increment() }
    func note(_ lag: QueueLag) {
        waiting.record(lag.waiting)
        age.record(lag.oldestAge / .seconds(1))
    }
}
