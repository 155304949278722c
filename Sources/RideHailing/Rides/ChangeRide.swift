import Redis

/// Calls a script that changes a ride.
/// - Parameters:
///   - version: that the caller has seen.
///   - keys: behind those that all have.
///   - own: arguments behind those that all have.
func changeRide(
    _ ride: String, by user: UserName, version: Int, _ script: RedisScript, keys: [String] = [], _ own: [any RedisArgument] = [],
    on redis: any RedisCommands, configuration: RideHailingConfiguration
) async throws(RideHailingError) -> RideReply {
    let common: [any RedisArgument] = [
        ride, user.encoded, version, configuration.rideLifetime.milliseconds, configuration.logLength,
    ]
    // Sent once more it finds its own change, and answers the same; where it is not so, it finds another version.
    let call = script.call(keys: RideHailingKeys.ofRide(ride) + keys, arguments: common + own, isIdempotent: true)
    let reply: RedisValue
    do { reply = try await redis.send(call, deadline: configuration.redisDeadline) } catch { throw .redis(error) }
    return try RideReply(reply)
}
