public import ArgumentParser

/// The options that every executable has. Each may come from an environment variable of its name too; the command line wins.
public struct ServiceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Address to listen on.", valueName: "address"))
    public var host: String?
    @Option(help: "Port to listen on; 0 picks a free one.")
    public var port: Int?
    @Option(help: "Event loops; as many as there are cores without it.")
    public var threads: Int?
    @Flag(help: "Listen on any address without credentials.")
    public var insecure = false
    @OptionGroup public var redis: RedisOptions

    public init() {}
}

/// Where Redis is, for services and for the commands beside them.
public struct RedisOptions: ParsableArguments {
    @Option(help: "redis://… or redis+unix://…; without it a private Redis is started.")
    public var redis: String?
    @Option(help: "Where a private Redis keeps its data.")
    public var dataDir: String?
    @Option(help: "When a private Redis writes to the disk: everysec (may lose two seconds), always (loses nothing).")
    public var fsync: String?
    @Option(help: "trace, debug, info, notice, warning, error or critical.")
    public var logLevel: String?

    public init() {}
}

/// A mistake in how the program was called: one sentence, and exit code 64.
public struct UsageError: Error, CustomStringConvertible {
    public let description: String

    public init(_ sentence: String) {
        description = sentence
    }
}
