import Redis

extension URLShortener {
    /// The link of a code, also one that has expired or was visited often enough.
    /// - Throws: ``URLShortenerError/notFound``, and ``URLShortenerError/gone`` when it was deleted.
    public func link(_ code: String) async throws(URLShortenerError) -> Link {
        Link(code: code, record: try await liveRecord(code).record)
    }

    /// Changes a link.
    /// - Parameter ownHosts: as in ``Configuration/ownHosts``, for this call.
    /// - Throws: ``URLShortenerError``; ``URLShortenerError/notOwner`` unless it is the requester's.
    public func change(
        _ code: String, _ change: LinkChange, by requester: Requester, ownHosts: Set<String> = []
    ) async throws(URLShortenerError) -> Link {
        let hosts = hosts(with: ownHosts)
        let changed = try await replace(code, by: requester) { (record) throws(URLShortenerError) in
            try change.applied(to: record, ownHosts: hosts, now: wallClock())
        }
        return Link(code: code, record: changed)
    }

    /// Deletes a link and its statistics. Its code stays taken. A visit that is being counted at this moment may leave a few
    /// counters behind.
    /// - Throws: as ``change(_:_:by:ownHosts:)``; ``URLShortenerError/gone`` when it was deleted before.
    public func delete(_ code: String, by requester: Requester) async throws(URLShortenerError) {
        let tombstone = try await replace(code, by: requester) { $0.tombstone(at: wallClock()) }
        // Only tidiness: nobody can ask for it any more.
        _ = try? await send(
            RedisCommand(
                "UNLINK", VisitKeys.statistics(of: code), VisitKeys.visitors(of: code), URLShortenerKeys.visitsTaken(code),
                isIdempotent: true))
        if let owner = tombstone.owner {
            // A list passes over what was deleted.
            _ = try? await send(RedisCommand("ZREM", URLShortenerKeys.links(of: owner), code, isIdempotent: true))
        }
    }

    /// Puts a record in the place of another, which nobody has changed meanwhile. Whoever did makes this begin anew, so of
    /// many at once one always gets on.
    private func replace(
        _ code: String, by requester: Requester, _ next: (LinkRecord) throws(URLShortenerError) -> LinkRecord
    ) async throws(URLShortenerError) -> LinkRecord {
        while true {
            let (record, bytes) = try await liveRecord(code)
            guard requester.owns(record) else { throw .notOwner }
            let replacement = try next(record)
            // Also when Redis was too late to say that it is done.
            defer { knownLinks.forget(RedisCacheKey(code)) }
            let reply = try await send(
                URLShortenerScripts.replaceLink.call(keys: [URLShortenerKeys.link(code)], bytes, replacement.encoded))
            if case .integer(1) = reply { return replacement }
        }
    }

    private func liveRecord(_ code: String) async throws(URLShortenerError) -> (record: LinkRecord, bytes: [UInt8]) {
        guard LinkCode.isValid(code) else { throw .notFound }
        let reply = try await send(RedisCommand("GET", URLShortenerKeys.link(code), isIdempotent: true))
        switch reply {
        case .null: throw .notFound
        case .bytes(let bytes):
            guard let record = LinkRecord(decoding: bytes) else { throw .unreadableRecord }
            guard !record.isDeleted else { throw .gone }
            return (record, bytes)
        default: throw .unreadableRecord
        }
    }
}
