import Redis

/// What is answered to a visit of a link with ``LinkRecord/maxVisits``.
enum VisitAllowance: Sendable, Hashable {
    /// It was counted, and may be redirected.
    case allowed
    /// As many as are allowed were before it.
    case usedUp
    /// It is not as it was read: read it again.
    case linkChanged
}

extension URLShortener {
    /// Takes one of the visits that a link allows; exact, however many ask at once. A link without a maximum allows all.
    ///
    /// One round trip. When Redis does not answer the visit may have been counted, and is not to be redirected: never more are.
    /// - Parameters:
    ///   - record: as it was read.
    ///   - counting: false looks, and takes nothing.
    ///   - connection: the event loop's own, of the same client: ``RedisClient/connection(on:)``.
    ///   - completion: called on the event loop.
    func takeVisit(
        of code: String, _ record: LinkRecord, counting: Bool = true, on connection: RedisConnection,
        completion: @escaping (Result<VisitAllowance, URLShortenerError>) -> Void
    ) {
        guard let command = Self.visitCommand(code, record, counting: counting) else { return completion(.success(.allowed)) }
        connection.execute(command, deadline: configuration.redisDeadline) { reply in
            completion(Result { () throws(URLShortenerError) in try Self.allowance(reply) })
        }
    }

    private static func visitCommand(_ code: String, _ record: LinkRecord, counting: Bool) -> RedisCommand? {
        record.maxVisits.map { maximum in
            URLShortenerScripts.takeVisit.call(
                keys: [URLShortenerKeys.link(code), URLShortenerKeys.visitsTaken(code)], maximum, record.encoded,
                counting ? "take" : "look")
        }
    }

    private static func allowance(_ reply: Result<RedisValue, RedisError>) throws(URLShortenerError) -> VisitAllowance {
        switch reply {
        case .success(.integer(1)): return .allowed
        case .success(.integer(0)): return .usedUp
        case .success: return .linkChanged
        case .failure(let error): throw .redis(error)
        }
    }
}
