import Redis

/// What a creation with an ``IdempotencyKey`` is remembered by.
struct Reservation: Sendable {
    let key: IdempotencyKey
    let requestDigest: String

    /// 24 hours.
    static let lifetimeMilliseconds = 86_400_000

    var name: String { URLShortenerKeys.reservation(key.digest) }
}

extension URLShortener {
    /// Has Redis remember what is about to be created, so that whoever repeats the request creates the very same.
    /// - Parameter former: the code that was reserved, and turned out to be taken.
    /// - Returns: what is to be created: the draft, or what the first request with this key has reserved.
    func reserve(
        _ draft: LinkDraft, _ reservation: Reservation, insteadOf former: String = ""
    ) async throws(URLShortenerError) -> LinkDraft {
        let reply = try await send(
            URLShortenerScripts.reserveCreation.call(
                keys: [reservation.name], reservation.requestDigest, draft.code, draft.record.encoded,
                Reservation.lifetimeMilliseconds, former, isIdempotent: true))
        guard case .array(let parts) = reply, parts.count == 4, case .bytes(let digest) = parts[0],
            case .bytes(let code) = parts[1], case .bytes(let bytes) = parts[2], let record = LinkRecord(decoding: bytes)
        else { throw .unreadableRecord }
        guard digest.elementsEqual(reservation.requestDigest.utf8) else { throw .idempotencyConflict }
        return draft.reserved(
            code: String(decoding: code, as: UTF8.self), record: record, isCreated: parts[3] == .integer(1))
    }

    /// The link that an earlier request with this key has created; nil when there was none. One round trip.
    /// - Throws: ``URLShortenerError/idempotencyConflict`` when that request was another.
    public func created(_ link: NewLink, idempotencyKey: IdempotencyKey) async throws(URLShortenerError) -> Link? {
        let reservation = Reservation(key: idempotencyKey, requestDigest: link.digest)
        let reply = try await send(
            RedisCommand("HMGET", reservation.name, "digest", "code", "record", "created", isIdempotent: true))
        guard case .array(let parts) = reply, parts.count == 4, case .bytes(let digest) = parts[0],
            case .bytes(let code) = parts[1], case .bytes(let bytes) = parts[2]
        else { return nil }
        guard digest.elementsEqual(reservation.requestDigest.utf8) else { throw .idempotencyConflict }
        guard let record = LinkRecord(decoding: bytes) else { throw .unreadableRecord }
        return parts[3] == .null ? nil : Link(code: String(decoding: code, as: UTF8.self), record: record)
    }

    /// From now on the request's repetition is answered from memory, whatever becomes of the link.
    func noteCreated(_ reservation: Reservation) async {
        _ = await redis.pipeline(
            [
                RedisCommand("HSET", reservation.name, "created", 1),
                RedisCommand("PEXPIRE", reservation.name, Reservation.lifetimeMilliseconds),
            ], deadline: configuration.redisDeadline)
    }
}
