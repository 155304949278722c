import Redis

/// An entry of the log of all rides: one change of one ride.
public struct RideLogEntry: Sendable, Hashable {
    /// Its place in the log.
    public let position: String
    public let ride: String
    public let version: Int
    public let status: RideStatus
    /// Who did it; nil: the service.
    public let by: String?
    /// The ride's driver after it.
    public let driver: String?
    /// To whom it was offered by this change.
    public let offered: [String]
}

extension RideHailing {
    /// Changes of rides in the order in which they happened. The log keeps about ``RideHailingConfiguration/logLength`` of them.
    /// - Parameters:
    ///   - position: ``RideLogEntry/position`` of the last one read; nil: from the first on.
    ///   - limit: so many at most.
    public func log(after position: String? = nil, limit: Int = 1000) async throws(RideHailingError) -> [RideLogEntry] {
        let entries: [RedisValue] = try decode(
            try await send(
                RedisCommand(
                    "XRANGE", RideHailingKeys.log, position.map { "(" + $0 } ?? "-", "+", "COUNT", limit, isIdempotent: true)))
        var log: [RideLogEntry] = []
        for entry in entries {
            guard case .array(let parts) = entry, parts.count == 2 else { throw .unreadableRecord }
            let fields: [String: String] = try decode(parts[1])
            guard let ride = fields["ride"], let version = fields["version"].flatMap({ Int($0) }),
                let status = fields["status"].flatMap(RideStatus.init(rawValue:))
            else { throw .unreadableRecord }
            log.append(
                RideLogEntry(
                    position: try decode(parts[0]), ride: ride, version: version, status: status,
                    by: fields["by"].flatMap { UserName.decode($0) }, driver: fields["driver"].flatMap { UserName.decode($0) },
                    offered: (fields["opened"] ?? "").split(separator: ",").compactMap { UserName.decode($0) }))
        }
        return log
    }
}
