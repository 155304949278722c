import Redis

/// Puts a driver into a cell or takes him out of it, as his position and his state say.
/// - Parameter position: as it was read; nil: he is somewhere else.
func placement(
    of driver: UserName, in cell: CityCell, as position: KnownPosition?, _ configuration: RideHailingConfiguration
) -> RedisCommand {
    let place = position.map { cell.placeInSet($0.coordinate) }
    return RideHailingScripts.placeDriver.call(
        keys: [
            RideHailingKeys.drivers(in: cell), RideHailingKeys.seen(in: cell), RideHailingKeys.position(of: driver),
            RideHailingKeys.state(of: driver),
        ], driver.encoded, cell.text, position?.text ?? "", place?.longitude ?? 0, place?.latitude ?? 0,
        configuration.driverLifetime.milliseconds, isIdempotent: true)
}

extension RedisCommands {
    /// Makes drivers found or not found after their states have changed. What is lost of it their next positions do; a search looks at
    /// the states anyway.
    func place(_ drivers: [UserName], _ configuration: RideHailingConfiguration) async {
        guard !drivers.isEmpty else { return }
        let positions = await pipeline(
            drivers.map { RedisCommand("GET", RideHailingKeys.position(of: $0), isIdempotent: true) },
            deadline: configuration.redisDeadline)
        let placements = zip(drivers, positions).compactMap { driver, reply -> RedisCommand? in
            guard let text = try? reply.get().decode(as: String?.self), let position = KnownPosition(text: text) else {
                return nil
            }
            return placement(of: driver, in: position.cell, as: position, configuration)
        }
        _ = await pipeline(placements, deadline: configuration.redisDeadline)
    }
}
