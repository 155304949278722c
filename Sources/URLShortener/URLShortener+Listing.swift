import Redis

extension URLShortener {
    /// The links of a user, newest first, without those that were deleted.
    /// - Parameters:
    ///   - cursor: ``nextCursor`` of the page before; nil: the first page.
    ///   - limit: 1 to 1,000.
    /// - Returns: a page, and where the next begins; nil exactly when there is nothing more.
    public func links(
        of owner: String, after cursor: String? = nil, limit: Int = 100
    ) async throws(URLShortenerError) -> (links: [Link], nextCursor: String?) {
        guard (1...URLShortenerError.maximumLimit).contains(limit) else { throw .invalidLimit }
        var place: ListPlace?
        if let cursor {
            guard let read = ListPlace(cursor: cursor) else { throw .invalidCursor }
            place = read
        }
        var found: [(link: Link, place: ListPlace)] = []
        // One more than asked for tells whether there are more.
        while found.count <= limit {
            let places = try await places(of: owner, after: place, count: limit + 1 - found.count)
            guard let last = places.last else { return (found.map(\.link), nil) }
            place = last
            found += try await links(at: places, of: owner)
        }
        return (found.prefix(limit).map(\.link), found[limit - 1].place.cursor)
    }

    /// Places in a user's list behind another, at least one if there are any, and about as many as asked for.
    private func places(
        of owner: String, after last: ListPlace?, count: Int
    ) async throws(URLShortenerError) -> [ListPlace] {
        // Those of one millisecond have an order, but Redis can begin only before all of them.
        var read = count
        while true {
            let reply = try await send(
                RedisCommand(
                    "ZREVRANGEBYSCORE", URLShortenerKeys.links(of: owner), last.map { "\($0.createdAtMilliseconds)" } ?? "+inf",
                    "-inf", "WITHSCORES", "LIMIT", 0, read, isIdempotent: true))
            let texts: [String]
            do { texts = try reply.decode() } catch { throw .redis(error) }
            let places = stride(from: 0, to: texts.count - 1, by: 2).compactMap { index in
                Int(texts[index + 1]).map { ListPlace(createdAtMilliseconds: $0, code: texts[index]) }
            }
            let later = places.filter { place in last.map { place.isBehind($0) } ?? true }
            if !later.isEmpty || texts.count < 2 * read { return Array(later.prefix(count)) }
            read *= 2
        }
    }

    private func links(
        at places: [ListPlace], of owner: String
    ) async throws(URLShortenerError) -> [(link: Link, place: ListPlace)] {
        let replies = await redis.pipeline(
            places.map { RedisCommand("GET", URLShortenerKeys.link($0.code)) }, deadline: configuration.redisDeadline)
        var links: [(link: Link, place: ListPlace)] = []
        for (place, reply) in zip(places, replies) {
            do {
                // A creation that failed leaves a place without a link, or with another's.
                guard case .bytes(let bytes) = try reply.get(), let record = LinkRecord(decoding: bytes), record.owner == owner,
                    !record.isDeleted
                else { continue }
                links.append((Link(code: place.code, record: record), place))
            } catch {
                throw .redis(error)
            }
        }
        return links
    }
}

/// A place in a user's list: newest first, and of one millisecond the greatest code first.
struct ListPlace: Equatable {
    let createdAtMilliseconds: Int
    let code: String

    func isBehind(_ other: ListPlace) -> Bool {
        if createdAtMilliseconds != other.createdAtMilliseconds { return createdAtMilliseconds < other.createdAtMilliseconds }
        // As Redis compares: byte by byte.
        return code.utf8.lexicographicallyPrecedes(other.code.utf8)
    }

    var cursor: String { "\(createdAtMilliseconds)-\(code)" }

    init(createdAtMilliseconds: Int, code: String) {
        (self.createdAtMilliseconds, self.code) = (createdAtMilliseconds, code)
    }

    init?(cursor: String) {
        let parts = cursor.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let milliseconds = Int(parts[0]), (0...1 << 53).contains(milliseconds), LinkCode.isValid(parts[1])
        else { return nil }
        self.init(createdAtMilliseconds: milliseconds, code: String(parts[1]))
    }
}
