import Redis

/// The names under which visits lie in Redis.
enum VisitKeys {
    static let stream = "url-shortener:{visits}:stream"
    static let lease = "url-shortener:{visits}:lease"
    /// The field of ``URLShortenerKeys/settings`` that holds the key of ``VisitorHash``.
    static let visitorKey = "visitorKey"

    static func lastBatch(of instance: String) -> String { "url-shortener:{visits}:last-batch:\(instance)" }
    static func statistics(of code: String) -> String { "url-shortener:{\(code)}:statistics" }
    static func visitors(of code: String) -> String { "url-shortener:{\(code)}:visitors" }
}

/// The scripts of `lua/url-shortener` that have to do with visits.
enum VisitScripts {
    static let append = RedisScript(name: "append_visits", source: PackageResources.append_visits_lua)
    static let read = RedisScript(name: "read_visits", source: PackageResources.read_visits_lua)
    static let count = RedisScript(name: "count_visits", source: PackageResources.count_visits_lua)
    static let raise = RedisScript(name: "raise_visits", source: PackageResources.raise_visits_lua)
    static let releaseLease = RedisScript(name: "release_lease", source: PackageResources.release_lease_lua)
}
