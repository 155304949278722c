import Redis

extension RideHailing {
    /// Records where a driver is, with others that come within ``RideHailingConfiguration/positionInterval``.
    /// - Throws: ``RideHailingError/overloaded``, ``RideHailingError/redis(_:)``.
    public func record(_ position: DriverPosition) async throws(RideHailingError) -> PositionOutcome {
        let result: Result<PositionOutcome, RideHailingError> = await withCheckedContinuation { continuation in
            if !recorder.add(position, { continuation.resume(returning: $0) }) {
                continuation.resume(returning: .failure(.overloaded))
            }
        }
        return try result.get()
    }

    /// The same for who does not wait for it, such as a driver's stream of positions.
    /// - Parameter completion: what became of it.
    /// - Returns: false: more come than Redis takes, and this one was dropped.
    @discardableResult
    public func enqueue(
        _ position: DriverPosition, _ completion: (@Sendable (Result<PositionOutcome, RideHailingError>) -> Void)? = nil
    ) -> Bool {
        recorder.add(position, completion)
    }

    /// Where a driver was seen last, within a day; nil: nobody knows.
    public func lastPosition(of driver: String) async throws(RideHailingError) -> RidePosition? {
        let text: String? = try decode(
            try await send(RedisCommand("GET", RideHailingKeys.position(of: try UserName(driver)), isIdempotent: true)))
        return text.flatMap { RidePosition(known: $0) }
    }

    /// Positions of a ride's driver from now on, as long as `body` runs. A hint, like all that is published.
    public func withPositions<Value>(
        of ride: String, isolation: isolated (any Actor)? = #isolation,
        _ body: (any AsyncSequence<RidePosition, Never>) async throws -> Value
    ) async rethrows -> Value {
        try await client.subscribe(to: [RideHailingKeys.positionChannelPrefix + ride], bufferedMessages: 16) { subscription in
            try await body(
                subscription.compactMap { event in
                    guard case .message(let message) = event else { return nil }
                    return RidePosition(text: message.text)
                })
        }
    }

    func place(_ drivers: [UserName]) async {
        await redis.place(drivers, configuration)
    }
}
