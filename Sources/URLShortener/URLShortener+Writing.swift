import Redis

/// How drafts become links.
extension URLShortener {
    /// Writes drafts until each is created or cannot be: those whose code is taken move on to the next.
    func write(
        _ drafts: [LinkDraft], _ reservation: Reservation? = nil
    ) async -> [Result<Link, URLShortenerError>] {
        var drafts = drafts
        var results = [Result<Link, URLShortenerError>?](repeating: nil, count: drafts.count)
        var open = Array(drafts.indices)
        while !open.isEmpty {
            var taken: [Int] = []
            var unclear: [Int] = []
            for (index, reply) in zip(open, await attempt(open.map { drafts[$0] })) {
                // Somebody may have asked for it when there was none.
                knownLinks.forget(RedisCacheKey(drafts[index].code))
                switch drafts[index].outcome(of: reply) {
                case .created: results[index] = .success(drafts[index].link)
                case .failed(let error): results[index] = .failure(error)
                case .taken: taken.append(index)
                case .unclear:
                    drafts[index].noteRepetition()
                    unclear.append(index)
                }
            }
            do throws(URLShortenerError) {
                try await move(taken, of: &drafts, reservation)
                open = unclear + taken
            } catch {
                for index in taken { results[index] = .failure(error) }
                open = unclear
            }
        }
        metrics.noteCreated(results.count { if case .success = $0 { true } else { false } })
        return results.map { $0 ?? .failure(.codesExhausted) }
    }

    private func move(
        _ taken: [Int], of drafts: inout [LinkDraft], _ reservation: Reservation?
    ) async throws(URLShortenerError) {
        guard !taken.isEmpty else { return }
        metrics.noteCollisions(taken.count)
        if let number = taken.compactMap({ drafts[$0].noteCollision() }).max() { identifiers.skip(to: number) }
        for (index, code) in zip(taken, try await nextCodes(taken.count)) {
            let former = drafts[index].code
            drafts[index].move(to: code)
            if let reservation { drafts[index] = try await reserve(drafts[index], reservation, insteadOf: former) }
        }
    }

    /// Sends drafts to Redis, the owner's list before each link: a link that is there is always in the list.
    private func attempt(_ drafts: [LinkDraft]) async -> [Result<RedisValue, RedisError>] {
        if drafts.count == 1, drafts[0].record.owner == nil {
            // Alone, a script goes by its digest.
            do throws(RedisError) {
                return [.success(try await redis.send(drafts[0].command, deadline: configuration.redisDeadline))]
            } catch {
                return [.failure(error)]
            }
        }
        let commands = drafts.flatMap { [$0.listCommand, $0.command].compactMap { $0 } }
        var replies = await redis.pipeline(commands, deadline: configuration.redisDeadline)[...]
        return drafts.map { draft in
            let listed = draft.listCommand == nil ? nil : replies.popFirst()
            let written = replies.popFirst()
            if case .failure(let error)? = listed, case .success? = written { return .failure(error) }
            return written ?? .success(.array([]))
        }
    }
}

extension LinkDraft {
    /// Not repeated by itself: the repetition has to know that it is one.
    fileprivate var command: RedisCommand {
        URLShortenerScripts.createLink.call(keys: [URLShortenerKeys.link(code)], record.encoded)
    }

    fileprivate var listCommand: RedisCommand? {
        record.owner.map { owner in
            RedisCommand("ZADD", URLShortenerKeys.links(of: owner), "NX", record.createdAtMilliseconds, code)
        }
    }
}
