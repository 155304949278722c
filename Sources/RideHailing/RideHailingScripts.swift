import Redis

/// The scripts of `lua/ride-hailing`.
enum RideHailingScripts {
    static let createRide = ofRide("create_ride", PackageResources.create_ride_lua)
    static let advanceRide = ofRide("advance_ride", PackageResources.advance_ride_lua)
    static let offerRide = ofRide("offer_ride", PackageResources.offer_ride_lua)
    static let acceptRide = ofRide("accept_ride", PackageResources.accept_ride_lua)
    static let rejectRide = ofRide("reject_ride", PackageResources.reject_ride_lua)
    static let cancelRide = ofRide("cancel_ride", PackageResources.cancel_ride_lua)
    static let startRide = ofRide("start_ride", PackageResources.start_ride_lua)
    static let completeRide = ofRide("complete_ride", PackageResources.complete_ride_lua)
    static let readRide = RedisScript(name: "read_ride", source: PackageResources.read_ride_lua)
    static let claimRides = RedisScript(name: "claim_rides", source: PackageResources.claim_rides_lua)
    static let setDriverStatus = RedisScript(name: "set_driver_status", source: PackageResources.set_driver_status_lua)
    static let recordPositions = RedisScript(name: "record_positions", source: PackageResources.record_positions_lua)
    static let placeDriver = RedisScript(name: "place_driver", source: PackageResources.place_driver_lua)
    static let acquireLock = RedisScript(name: "acquire_lock", source: PackageResources.acquire_lock_lua)
    static let extendLock = RedisScript(name: "extend_lock", source: PackageResources.extend_lock_lua)
    static let raiseToken = RedisScript(name: "raise_token", source: PackageResources.raise_token_lua)

    /// What changes rides has its beginning in common.
    private static func ofRide(_ name: String, _ source: [UInt8]) -> RedisScript {
        RedisScript(name: name, source: PackageResources.ride_lua + source)
    }
}

/// The names under which things lie in Redis. Rides, fares and drivers' states lie in one slot of a cluster, each cell in one.
enum RideHailingKeys {
    static let due = "ride-hailing:{rides}:due"
    static let deadlines = "ride-hailing:{rides}:deadlines"
    static let log = "ride-hailing:{rides}:log"
    static let driverPrefix = "ride-hailing:{rides}:driver:"
    static let settings = "ride-hailing:{settings}"
    static let channel = "ride-hailing:rides"
    static let positionChannelPrefix = "ride-hailing:position:"

    static func ride(_ id: String) -> String { "ride-hailing:{rides}:ride:\(id)" }
    static func history(of ride: String) -> String { "ride-hailing:{rides}:ride:\(ride):history" }
    static func offers(of ride: String) -> String { "ride-hailing:{rides}:ride:\(ride):offers" }
    static func fare(_ id: String) -> String { "ride-hailing:{rides}:fare:\(id)" }
    static func reservation(_ digest: String) -> String { "ride-hailing:{rides}:reservation:\(digest)" }
    static func state(of driver: UserName) -> String { driverPrefix + driver.encoded }
    static func openOffers(of driver: UserName) -> String { driverPrefix + driver.encoded + ":offers" }

    static func position(of driver: UserName) -> String { position(ofEncoded: driver.encoded) }
    static func position(ofEncoded driver: String) -> String { "ride-hailing:{\(driver)}:position" }
    static func drivers(in cell: CityCell) -> String { "ride-hailing:{cell:\(cell.text)}:drivers" }
    static func seen(in cell: CityCell) -> String { "ride-hailing:{cell:\(cell.text)}:seen" }
    static func demand(in cell: CityCell, minute: Int) -> String { "ride-hailing:{cell:\(cell.text)}:demand:\(minute)" }

    /// Which scripts that change a ride begin with.
    static func ofRide(_ id: String) -> [String] {
        [ride(id), history(of: id), offers(of: id), due, deadlines, log, driverPrefix]
    }
}
