import Redis

/// What a script of rides answers.
struct RideReply: Sendable {
    let code: String
    let fields: [String: String]
    let ride: Ride?
    /// Drivers who are free now, or are not any more.
    let moved: [UserName]

    init(_ reply: RedisValue) throws(RideHailingError) {
        do throws(RedisError) {
            let parts: [RedisValue] = try reply.decode()
            code = try parts.first?.decode() ?? ""
            fields = parts.count > 1 ? try parts[1].decode() : [:]
            ride = parts.count > 2 ? Ride(fields: fields, history: try parts[2].decode()) : nil
            moved = parts.count > 3 ? try parts[3].decode(as: [String].self).compactMap { UserName(validating: $0) } : []
        } catch {
            throw .redis(error)
        }
    }

    /// The ride, if what was asked for is done.
    /// - Throws: ``RideHailingError/conflict(_:)``, ``RideHailingError/notFound``, ``RideHailingError/forbidden``.
    func done() throws(RideHailingError) -> Ride {
        switch code {
        case "absent": throw .notFound
        case "forbidden": throw .forbidden
        case "done":
            guard let ride else { throw .unreadableRecord }
            return ride
        default:
            guard let ride else { throw .unreadableRecord }
            throw .conflict(ride)
        }
    }
}
