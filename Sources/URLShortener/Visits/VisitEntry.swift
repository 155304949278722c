import Redis

/// An entry of the stream: what one batch adds to its links.
struct VisitEntry: Sendable {
    let identifier: String
    /// Each link once.
    let links: [(code: String, counts: VisitCounts)]
    /// How many links were left out, since what they say is not understood.
    let unreadable: Int
}

extension VisitEntry: RedisDecodable {
    init(redis value: RedisValue) throws(RedisError) {
        let parts: [RedisValue] = try value.decode()
        identifier = try (parts.first ?? .null).decode()
        let fields: [RedisValue] = try (parts.last ?? .null).decode()
        var links: [(code: String, counts: VisitCounts)] = []
        var codes: Set<String> = []
        var unreadable = 0
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            guard case .bytes(let code) = fields[index], case .bytes(let counts) = fields[index + 1],
                let code = String(validating: code, as: UTF8.self), let counts = VisitCounts(text: counts),
                codes.insert(code).inserted
            else {
                unreadable += 1
                continue
            }
            links.append((code, counts))
        }
        (self.links, self.unreadable) = (links, unreadable)
    }
}
