import CoreMetrics

struct URLShortenerMetrics: Sendable {
    private let created = Counter(label: "url_shortener_links_created_total")
    /// Codes that the counter gave and that were taken: aliases, or a counter that went back.
    private let collisions = Counter(label: "url_shortener_code_collisions_total")

    func noteCreated(_ count: Int) { created.increment(by: count) }
    func noteCollisions(_ count: Int) { collisions.increment(by: count) }
}
