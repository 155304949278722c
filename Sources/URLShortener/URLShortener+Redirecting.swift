import NIOCore
public import Redis

extension URLShortener {
    /// Where a code leads, on an event loop and without a task. A link with a maximum of visits has one taken.
    ///
    /// From memory when it is known, else with one `GET` for all who ask at the same time. While Redis does not answer, links
    /// that are known go on, as they were last; those with a maximum of visits do not.
    /// - Parameters:
    ///   - isVisit: false for who only looks, such as `HEAD`: then nothing is taken.
    ///   - connection: the event loop's own, of the same client: ``RedisClient/connection(on:)``.
    ///   - completion: called on the event loop, at once when the answer is known.
    public func redirection(
        of code: String, isVisit: Bool = true, on connection: RedisConnection,
        completion: @escaping (Result<Redirection, URLShortenerError>) -> Void
    ) {
        guard LinkCode.isValid(code) else { return completion(.success(.unknown)) }
        follow(code, isVisit, on: connection, attempts: Self.attempts, completion)
    }

    /// Where a code leads as far as memory tells: nil when Redis has to be asked. From any thread.
    public func knownRedirection(of code: String) -> Redirection? {
        guard LinkCode.isValid(code) else { return .unknown }
        switch knownLinks.known(RedisCacheKey(code)) {
        case .some(.none): return .unknown
        case .link(let record)?:
            let redirection = redirection(to: record)
            if case .link = redirection, record.maxVisits != nil { return nil }
            return redirection
        case .unreadable?, nil: return nil
        }
    }

    /// The same for a task.
    public func redirection(of code: String, isVisit: Bool = true) async throws(URLShortenerError) -> Redirection {
        let connection = redis.connection()
        return try await withCheckedContinuation { continuation in
            connection.eventLoop.execute {
                self.redirection(of: code, isVisit: isVisit, on: connection) { continuation.resume(returning: $0) }
            }
        }.get()
    }

    /// A link that is changed again and again between its reading and its visit is given up at last.
    private static var attempts: Int { 4 }

    private func follow(
        _ code: String, _ isVisit: Bool, on connection: RedisConnection, attempts: Int,
        _ completion: @escaping (Result<Redirection, URLShortenerError>) -> Void
    ) {
        let key = RedisCacheKey(code)
        knownLinks.value(of: key, on: connection) { [self] result in
            switch result {
            case .success(.none): completion(.success(.unknown))
            case .success(.unreadable): completion(.failure(.unreadableRecord))
            case .success(.link(let record)):
                guard record.maxVisits != nil, case .link = redirection(to: record) else {
                    return completion(.success(redirection(to: record)))
                }
                takeVisit(of: code, record, counting: isVisit, on: connection) { [self] allowance in
                    switch allowance {
                    case .success(.allowed): completion(.success(.link(record)))
                    case .success(.usedUp): completion(.success(.gone))
                    case .success(.linkChanged) where attempts > 1:
                        knownLinks.forget(key)
                        follow(code, isVisit, on: connection, attempts: attempts - 1, completion)
                    case .success(.linkChanged): completion(.success(.gone))
                    case .failure(let error): completion(.failure(error))
                    }
                }
            case .failure(let error):
                guard case .link(let record)? = knownLinks.lastKnown(key), record.maxVisits == nil else {
                    return completion(.failure(.redis(error)))
                }
                completion(.success(redirection(to: record)))
            }
        }
    }

    private func redirection(to record: LinkRecord) -> Redirection {
        record.isDeleted || record.isExpired(at: wallClock()) ? .gone : .link(record)
    }
}
