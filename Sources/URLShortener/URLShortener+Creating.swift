extension URLShortener {
    /// Creates a link.
    ///
    /// One round trip to Redis, and another for each code that is taken; one more with a key.
    /// - Parameters:
    ///   - idempotencyKey: the same key and link within 24 hours give the same link again, from any instance.
    ///   - ownHosts: as in ``Configuration/ownHosts``, for this call: the host that the request named.
    /// - Throws: ``URLShortenerError``. After ``URLShortenerError/redis(_:)`` the link may exist; nobody was told its code.
    public func create(
        _ link: NewLink, idempotencyKey: IdempotencyKey? = nil, ownHosts: Set<String> = []
    ) async throws(URLShortenerError) -> Link {
        let record = try link.record(ownHosts: hosts(with: ownHosts), now: wallClock())
        var draft =
            if let alias = link.alias { LinkDraft(alias: alias, record) } else { LinkDraft(try await nextCodes(1)[0], record) }
        guard let idempotencyKey else { return try await write([draft])[0].get() }

        let reservation = Reservation(key: idempotencyKey, requestDigest: link.digest)
        draft = try await reserve(draft, reservation)
        if draft.isCreated { return draft.link }
        let created = try await write([draft], reservation)[0].get()
        await noteCreated(reservation)
        return created
    }

    /// Creates many links in a few round trips, each with a result of its own, in the order given.
    public func create(
        _ links: [NewLink], ownHosts: Set<String> = []
    ) async -> [Result<Link, URLShortenerError>] {
        var results: [Result<Link, URLShortenerError>] = []
        for start in stride(from: 0, to: links.count, by: Self.linksPerPipeline) {
            results += await createTogether(links[start..<min(start + Self.linksPerPipeline, links.count)], ownHosts)
        }
        return results
    }

    private static let linksPerPipeline = 1000

    private func createTogether(
        _ links: ArraySlice<NewLink>, _ ownHosts: Set<String>
    ) async -> [Result<Link, URLShortenerError>] {
        let now = wallClock()
        let hosts = hosts(with: ownHosts)
        let records = links.map { link in
            Result { () throws(URLShortenerError) in try link.record(ownHosts: hosts, now: now) }
        }
        let needed = zip(links, records).count { link, record in link.alias == nil && (try? record.get()) != nil }
        let codes: [NumberedCode]
        do { codes = try await nextCodes(needed) } catch { return records.map { $0.flatMap { _ in .failure(error) } } }

        var rest = codes[...]
        let drafts = zip(links, records).compactMap { link, record -> LinkDraft? in
            guard let record = try? record.get() else { return nil }
            if let alias = link.alias { return LinkDraft(alias: alias, record) }
            return rest.popFirst().map { LinkDraft($0, record) }
        }
        var written = await write(drafts)[...]
        return records.map { record in record.flatMap { _ in written.popFirst() ?? .failure(.codesExhausted) } }
    }
}
