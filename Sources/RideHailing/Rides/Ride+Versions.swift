extension Ride {
    /// The ride as it was in a version that has gone by: who hears of a change late still hears of each.
    /// - Returns: nil when there was no such version, or the history was not read.
    public func asOf(version: Int) -> Ride? {
        if version == self.version { return self }
        let past = history.prefix { $0.version <= version }
        guard version < self.version, let last = past.last, last.version == version else { return nil }
        return Ride(
            id: id, status: last.status, version: version, rider: rider, driver: past.last { $0.status == .accepted }?.by,
            reason: nil,
            from: from, to: to, distanceMeters: distanceMeters, durationSeconds: durationSeconds, amountCents: amountCents,
            currency: currency, createdAtMilliseconds: createdAtMilliseconds, offerEndsAtMilliseconds: offerEndsAtMilliseconds,
            history: Array(past))
    }
}
