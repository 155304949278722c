import Redis

/// The scripts of `lua/url-shortener`.
enum URLShortenerScripts {
    static let leaseIdentifiers = RedisScript(name: "lease_identifiers", source: PackageResources.lease_identifiers_lua)
    static let createLink = RedisScript(name: "create_link", source: PackageResources.create_link_lua)
    static let replaceLink = RedisScript(name: "replace_link", source: PackageResources.replace_link_lua)
    static let takeVisit = RedisScript(name: "take_visit", source: PackageResources.take_visit_lua)
    static let reserveCreation = RedisScript(name: "reserve_creation", source: PackageResources.reserve_creation_lua)
}

/// The names under which things lie in Redis. What belongs to one link lies in one slot of a cluster.
///
/// Links have a prefix of their own: instances are told of each write below it, and counters are written all the time.
enum URLShortenerKeys {
    static let counter = "url-shortener:{ids}:counter"
    static let settings = "url-shortener:{settings}"
    static let events = "url-shortener:events"

    static let linkPrefix = "url-shortener:link:{"
    static let linkSuffix = "}"

    static func link(_ code: String) -> String { linkPrefix + code + linkSuffix }
    static func visitsTaken(_ code: String) -> String { "url-shortener:{\(code)}:visits-taken" }
    static func links(of owner: String) -> String { "url-shortener:owner:{\(owner)}" }
    static func reservation(_ digest: String) -> String { "url-shortener:reservation:{\(digest)}" }
}
