@testable import ServiceKit

/// Options as the command line gives them; what is not named was not given.
func options(
    host: String? = nil, port: Int? = nil, threads: Int? = nil, insecure: Bool = false, redis: String? = nil,
    dataDir: String? = nil, fsync: String? = nil, logLevel: String? = nil
) -> ServiceOptions {
    var options = ServiceOptions()
    (options.host, options.port, options.threads, options.insecure) = (host, port, threads, insecure)
    var store = RedisOptions()
    (store.redis, store.dataDir, store.fsync, store.logLevel) = (redis, dataDir, fsync, logLevel)
    options.redis = store
    return options
}

/// A service's configuration from these options and this environment alone.
func configuration(
    _ options: ServiceOptions = options(), environment: [String: String] = [:],
    requirement: ServiceConfiguration.Requirement = .administration
) throws -> ServiceConfiguration {
    try ServiceConfiguration(
        name: "test-service", defaultPort: 8099, requirement: requirement, options: options,
        settings: Settings(environment: environment))
}
