extension EmbeddedRedis {
    /// Where the server keeps its data, and how safely.
    public struct Configuration: Sendable {
        /// The folder for data, log, socket and locks. Created if missing, for this user only. Relative to the working directory.
        public var directory: String
        /// What a crash of the server may lose. Default: ``Durability/everySecond``.
        public var durability: Durability
        /// Passed to `redis-server` as they are, after its other options, e.g. `["--maxmemory", "100mb"]`. Default: none.
        ///
        /// An option that moves the socket or the data makes the start fail, or its data unprotected.
        public var extraArguments: [String] = []
        /// The path of `redis-server`. Default: `nil`, searched for in `REDIS_SERVER`, then `PATH`, then the usual places.
        public var executable: String? = nil

        /// Describes a server by its folder; everything else has a default.
        public init(
            directory: String,
            durability: Durability = .everySecond,
            extraArguments: [String] = [],
            executable: String? = nil
        ) {
            self.directory = directory
            self.durability = durability
            self.extraArguments = extraArguments
            self.executable = executable
        }
    }

    /// When a write reaches the disk (Redis' `appendfsync`). The raw value is Redis' own word.
    public enum Durability: String, Sendable, CaseIterable {
        /// Once a second. A server that is killed, or a machine that loses power, can lose up to two seconds of acknowledged
        /// writes, because a write may wait behind an fsync that is under way.
        case everySecond = "everysec"
        /// Before it is acknowledged: nothing acknowledged is lost. Costs one fsync per turn of Redis' event loop.
        case always
    }
}
