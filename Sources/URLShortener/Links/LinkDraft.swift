import Redis

/// A link on its way into Redis.
struct LinkDraft: Sendable {
    /// What becomes of a draft after an attempt to write it.
    enum Outcome {
        case created
        /// Its code belongs to another link.
        case taken
        /// Nobody knows whether it was written: writing it again tells.
        case unclear
        case failed(URLShortenerError)
    }

    private(set) var code: String
    let record: LinkRecord
    let isAlias: Bool
    /// Another call may write the very same: one that repeats this request.
    private(set) var isReserved = false
    /// Such a call has written it.
    private(set) var isCreated = false
    /// The number behind the code, if this instance took it from the counter.
    private var number: Int?
    private var repetitions = 0
    private var collisions = 0

    /// Far more than a search that doubles its steps needs to leave any counter's past behind.
    private static let maximumCollisions = 48

    init(alias: String, _ record: LinkRecord) {
        (code, self.record, isAlias) = (alias, record, true)
    }

    init(_ code: NumberedCode, _ record: LinkRecord) {
        (self.code, number, self.record, isAlias) = (code.code, code.number, record, false)
    }

    private init(reserved code: String, number: Int?, _ record: LinkRecord, isAlias: Bool) {
        (self.code, self.number, self.record, self.isAlias) = (code, number, record, isAlias)
        isReserved = true
    }

    var link: Link { Link(code: code, record: record) }

    /// - Parameter reply: null, or the record that is there.
    func outcome(of reply: Result<RedisValue, RedisError>) -> Outcome {
        switch reply {
        case .success(.null): return .created
        case .success(.bytes(let bytes)):
            if isThisLink(bytes) { return .created }
            if isAlias { return .failed(.aliasTaken) }
            return collisions < Self.maximumCollisions ? .taken : .failed(.codesExhausted)
        case .success: return .failed(.unreadableRecord)
        case .failure(let error):
            return error.execution == .mayHaveBeenExecuted && repetitions == 0 ? .unclear : .failed(.redis(error))
        }
    }

    /// Whether what is there was written by an earlier attempt, of this call or of the one that it repeats.
    private func isThisLink(_ bytes: [UInt8]) -> Bool {
        guard repetitions > 0 || isReserved else { return false }
        if bytes == record.encoded { return true }
        // It may have been changed since, by somebody who was told its code. What lies on an alias may be anybody's.
        guard isReserved, !isAlias, let existing = LinkRecord(decoding: bytes) else { return false }
        return existing.isSameLink(as: record)
    }

    mutating func noteRepetition() {
        repetitions += 1
    }

    /// - Returns: where to go on when one collision follows another: further each time, since then it is not a lone alias that
    ///   lies there but a stretch of numbers that the counter has forgotten.
    mutating func noteCollision() -> Int? {
        collisions += 1
        guard collisions > 1, let number else { return nil }
        return number + (1 << min(collisions - 1, 40))
    }

    mutating func move(to code: NumberedCode) {
        (self.code, number, repetitions) = (code.code, code.number, 0)
    }

    /// What Redis remembers for this request, which may be what an earlier one was about to create.
    func reserved(code: String, record: LinkRecord, isCreated: Bool) -> LinkDraft {
        var draft = LinkDraft(reserved: code, number: code == self.code ? number : nil, record, isAlias: isAlias)
        (draft.collisions, draft.isCreated) = (collisions, isCreated)
        return draft
    }
}
