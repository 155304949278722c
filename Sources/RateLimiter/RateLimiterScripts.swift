import Redis

/// The scripts of `lua/rate-limiter`.
enum RateLimiterScripts {
    static let tokenBucket = RedisScript(name: "token_bucket", source: PackageResources.token_bucket_lua)
    static let slidingWindow = RedisScript(name: "sliding_window", source: PackageResources.sliding_window_lua)
    static let fixedWindow = RedisScript(name: "fixed_window", source: PackageResources.fixed_window_lua)
    static let resetBucket = RedisScript(name: "reset_bucket", source: PackageResources.reset_bucket_lua)
    static let seedPolicies = RedisScript(name: "seed_policies", source: PackageResources.seed_policies_lua)
    static let putPolicy = RedisScript(name: "put_policy", source: PackageResources.put_policy_lua)
    static let deletePolicy = RedisScript(name: "delete_policy", source: PackageResources.delete_policy_lua)

    /// A chunk of Lua is the body of a function, so each algorithm's script becomes one, word for word.
    static let checkAll = RedisScript(
        name: "check_all",
        source: [tokenBucket, slidingWindow, fixedWindow].map {
            "local function \($0.name)(KEYS, ARGV)\n\($0.source)\nend\n"
        }.joined() + String(decoding: PackageResources.check_all_lua, as: UTF8.self))

    static func script(of algorithm: RateLimitPolicy.Algorithm) -> RedisScript {
        switch algorithm {
        case .tokenBucket: tokenBucket
        case .slidingWindow: slidingWindow
        case .fixedWindow: fixedWindow
        }
    }
}

/// The names under which things lie in Redis.
enum RateLimiterKeys {
    static let policies = "rate-limiter:{policies}:definitions"
    static let revision = "rate-limiter:{policies}:revision"
    static let epoch = "rate-limiter:{policies}:epoch"
    static let events = "rate-limiter:events"

    /// The subject is the hash tag, so that all limits of one subject lie in one slot of a cluster. The algorithm is part
    /// of the name, since each stores something else.
    static func bucket(of policy: RateLimitPolicy, key: String) -> String {
        "rate-limiter:{\(key)}:\(policy.name):\(policy.algorithm.rawValue)"
    }
}
