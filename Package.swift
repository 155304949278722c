// swift-tools-version: 6.2
import PackageDescription

var strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]
// Set by ./dev. Not by default: a newer compiler's new warning should not stop those who depend on this package.
if Context.environment["GROUNDWORK_WARNINGS_AS_ERRORS"] != nil {
    strict.append(.treatAllWarnings(as: .error))
}

/// Server-side scripts are kept apart from Swift, in `lua/`, and are compiled into the library that calls them.
func lua(_ system: String, _ scripts: String...) -> [Resource] {
    scripts.map { .embedInCode("../../lua/\(system)/\($0).lua") }
}

let package = Package(
    name: "groundwork",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Redis", targets: ["Redis"]),
        .library(name: "EmbeddedRedis", targets: ["EmbeddedRedis"]),
        .library(name: "RateLimiter", targets: ["RateLimiter"]),
        .library(name: "RateLimiterMiddleware", targets: ["RateLimiterMiddleware"]),
        .library(name: "URLShortener", targets: ["URLShortener"]),
        .library(name: "NewsFeed", targets: ["NewsFeed"]),
        .library(name: "Chat", targets: ["Chat"]),
        .library(name: "RideHailing", targets: ["RideHailing"]),
        .executable(name: "rate-limiter", targets: ["rate-limiter"]),
        .executable(name: "url-shortener", targets: ["url-shortener"]),
        .executable(name: "chat", targets: ["chat-service"]),
        .executable(name: "news-feed", targets: ["news-feed"]),
        .executable(name: "ride-hailing", targets: ["ride-hailing"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.0"),
    ],
    targets: [
        // The ground: hiredis' reply parser, and the client on it.
        .target(name: "CHiredis", linkerSettings: [.linkedLibrary("hiredis")]),
        .target(
            name: "Redis",
            dependencies: [
                "CHiredis",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .target(name: "EmbeddedRedis", swiftSettings: strict),

        // What every executable shares.
        .target(
            name: "ServiceKit",
            dependencies: [
                "Redis", "EmbeddedRedis", "Terminal",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            resources: [
                .embedInCode("Page/groundwork.css"), .embedInCode("Page/groundwork.js"), .embedInCode("Page/identity.js"),
            ],
            swiftSettings: strict
        ),

        // Texts and bytes as words for keys, lines and cursors.
        .target(name: "TextCoding", swiftSettings: strict),

        // What commands show to people: numbers, progress, text that came from elsewhere.
        .target(name: "Terminal", swiftSettings: strict),
        // Pages that commands write, one file each.
        .target(name: "HTMLReport", swiftSettings: strict),

        // What commands measure of a Redis when they compare one way with another.
        .target(
            name: "RedisMeasuring",
            dependencies: [
                "Redis", "EmbeddedRedis",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),

        // libqrencode, and codes to scan made with it.
        .systemLibrary(name: "CQREncode"),
        .target(name: "QRCode", dependencies: ["CQREncode"], swiftSettings: strict),

        // The systems.
        .target(
            name: "RateLimiter",
            dependencies: [
                "Redis",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            resources: lua(
                "rate-limiter", "token_bucket", "sliding_window", "fixed_window", "check_all", "reset_bucket", "seed_policies",
                "put_policy",
                "delete_policy"),
            swiftSettings: strict
        ),
        .target(
            name: "RateLimiterMiddleware",
            dependencies: [
                "RateLimiter",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "RateLimiterReplay",
            dependencies: ["RateLimiter", "Redis", "Terminal", "HTMLReport"],
            swiftSettings: strict
        ),
        .target(
            name: "URLShortener",
            dependencies: [
                "Redis", "TextCoding",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            resources: lua(
                "url-shortener", "lease_identifiers", "create_link", "replace_link", "take_visit", "reserve_creation",
                "append_visits",
                "count_visits", "raise_visits", "read_visits", "release_lease"),
            swiftSettings: strict
        ),
        .target(
            name: "NewsFeed",
            dependencies: [
                "Redis", "TextCoding",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            resources: lua(
                "news-feed", "reserve_post", "accept_post", "delete_post", "like_post", "comment_post", "follow_author",
                "unfollow_author", "remove_follower", "read_posts", "settle_follow", "purge_timeline", "read_timeline",
                "begin_rebuild", "finish_rebuild", "mark_pulled", "begin_fan_out", "fan_out", "finish_job", "dead_letter",
                "replay_dead_letter", "remove_consumers"),
            swiftSettings: strict
        ),
        .target(
            name: "NewsFeedComparison",
            dependencies: [
                "NewsFeed", "Redis", "RedisMeasuring", "Terminal", "HTMLReport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Chat",
            dependencies: [
                "Redis", "TextCoding",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            resources: lua(
                "chat", "common", "append_message", "verify_floor", "advance_cursor", "create_group", "add_member",
                "remove_member", "welcome_member", "change_mode", "enroll_server", "replace_entry", "renew_lease", "claim_server",
                "open_connection", "close_connection", "clear_connections", "read_presence", "publish_beat"),
            swiftSettings: strict
        ),
        .target(
            name: "RideHailing",
            dependencies: [
                "Redis", "TextCoding",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            resources: lua(
                "ride-hailing", "ride", "create_ride", "claim_rides", "advance_ride", "offer_ride", "accept_ride", "reject_ride",
                "cancel_ride", "start_ride", "complete_ride", "read_ride", "set_driver_status", "record_positions",
                "place_driver", "acquire_lock", "extend_lock", "raise_token"),
            swiftSettings: strict
        ),
        .target(
            name: "ChatComparison",
            dependencies: [
                "Chat", "Redis", "RedisMeasuring", "Terminal",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "RideHailingSimulation",
            dependencies: [
                "RideHailing", "Redis", "RedisMeasuring", "Terminal",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "rate-limiter",
            dependencies: [
                "RateLimiter", "RateLimiterMiddleware", "RateLimiterReplay", "ServiceKit", "Terminal", "Redis", "EmbeddedRedis",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Yams", package: "Yams"),
            ],
            path: "Sources/Executables/rate-limiter",
            resources: [.embedInCode("Page/index.html"), .embedInCode("Page/rate-limiter.js")],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "url-shortener",
            dependencies: [
                "URLShortener", "RateLimiter", "RateLimiterMiddleware", "ServiceKit", "Terminal", "Redis", "QRCode",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Sources/Executables/url-shortener",
            resources: [
                .embedInCode("Page/index.html"), .embedInCode("Page/preview.html"), .embedInCode("Page/url-shortener.js"),
                .embedInCode("Page/statistics.js"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "news-feed",
            dependencies: [
                "NewsFeed", "NewsFeedComparison", "RedisMeasuring", "ServiceKit", "Terminal", "Redis",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            path: "Sources/Executables/news-feed",
            resources: [
                "index.html", "news-feed.js", "post.js", "comments.js", "compose.js", "draft.js", "following.js", "toggle.js",
                "endless.js", "live.js", "journey.js", "demonstration.js",
            ].map { .embedInCode("Page/\($0)") },
            swiftSettings: strict
        ),
        .executableTarget(
            // Not `chat`: beside the library, where file names do not tell capitals apart.
            name: "chat-service",
            dependencies: [
                "Chat", "ChatComparison", "RateLimiter", "RedisMeasuring", "ServiceKit", "Terminal", "Redis",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            path: "Sources/Executables/chat",
            resources: [
                "index.html", "chat.js", "connection.js", "conversations.js", "outbox.js", "presence.js", "receipts.js", "log.js",
                "list.js", "room.js", "transcript.js", "message.js", "compose.js", "members.js", "begin.js", "way.js",
                "traces.js", "names.js", "arrange.js",
            ].map { .embedInCode("Page/\($0)") },
            swiftSettings: strict
        ),
        .executableTarget(
            name: "ride-hailing",
            dependencies: [
                "RideHailing", "RideHailingSimulation", "ServiceKit", "Terminal", "Redis", "EmbeddedRedis",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            path: "Sources/Executables/ride-hailing",
            resources: [
                "index.html", "ride-hailing.js", "town.js", "view.js", "streets.js", "cars.js", "trip.js", "request.js",
                "ride.js", "timeline.js", "trail.js", "driver.js", "traveller.js", "drive.js", "played.js",
                "demonstration.js", "socket.js", "words.js",
            ].map { .embedInCode("Page/\($0)") },
            swiftSettings: strict
        ),

        // Run by ./dev bench.
        .executableTarget(
            name: "redis-client-benchmark",
            dependencies: [
                "Redis",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Benchmarks/redis-client",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "news-feed-benchmark",
            dependencies: [
                "NewsFeed", "Redis",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Benchmarks/news-feed",
            exclude: ["stream_framework_fan_out.py"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "chat-benchmark",
            dependencies: [
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Benchmarks/chat",
            exclude: ["nginx-nchan-redis.conf.template"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "ride-hailing-benchmark",
            dependencies: [
                "RideHailing", "Redis",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Benchmarks/ride-hailing",
            swiftSettings: strict
        ),

        // Tests run against real redis-server processes that they start themselves.
        .target(
            name: "TestSupport",
            dependencies: [
                "EmbeddedRedis", "Redis",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        .testTarget(
            name: "RedisTests",
            dependencies: [
                "Redis", "CHiredis", "TestSupport", "EmbeddedRedis",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "EmbeddedRedisTests", dependencies: ["EmbeddedRedis", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "ServiceKitTests",
            dependencies: [
                "ServiceKit", "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RateLimiterTests",
            dependencies: [
                "RateLimiter", "Redis", "TestSupport", "EmbeddedRedis",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "TextCodingTests", dependencies: ["TextCoding", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "TerminalTests", dependencies: ["Terminal"], swiftSettings: strict),
        .testTarget(name: "QRCodeTests", dependencies: ["QRCode"], swiftSettings: strict),
        .testTarget(name: "RateLimiterReplayTests", dependencies: ["RateLimiterReplay", "RateLimiter"], swiftSettings: strict),
        // The executable itself, over HTTP and as a command.
        .testTarget(
            name: "RateLimiterServiceTests",
            dependencies: [
                "rate-limiter", "RateLimiter", "RateLimiterMiddleware", "EmbeddedRedis", "Redis", "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "URLShortenerServiceTests",
            dependencies: [
                "url-shortener", "URLShortener", "EmbeddedRedis", "Redis", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "URLShortenerTests",
            dependencies: [
                "URLShortener", "Redis", "TestSupport", "EmbeddedRedis",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "NewsFeedTests",
            dependencies: [
                "NewsFeed", "Redis", "TestSupport", "EmbeddedRedis",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ChatTests",
            dependencies: [
                "Chat", "Redis", "TestSupport", "EmbeddedRedis", "TextCoding",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ChatComparisonTests",
            dependencies: ["ChatComparison", "Chat", "chat-service", "EmbeddedRedis", "Redis", "RedisMeasuring", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RedisMeasuringTests", dependencies: ["RedisMeasuring", "Redis", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "NewsFeedComparisonTests",
            dependencies: ["NewsFeedComparison", "NewsFeed", "RedisMeasuring", "EmbeddedRedis", "Redis", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RideHailingTests",
            dependencies: [
                "RideHailing", "Redis", "TestSupport", "EmbeddedRedis",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "NewsFeedServiceTests",
            dependencies: [
                "news-feed", "NewsFeed", "EmbeddedRedis", "Redis", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ChatServiceTests",
            dependencies: [
                "chat-service", "EmbeddedRedis", "Redis", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            exclude: ["Python/chat_client.py"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RideHailingSimulationTests",
            dependencies: [
                "RideHailingSimulation", "RideHailing", "ride-hailing", "EmbeddedRedis", "Redis", "RedisMeasuring", "TestSupport",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RideHailingServiceTests",
            dependencies: [
                "ride-hailing", "RideHailing", "EmbeddedRedis", "Redis", "ServiceKit", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict
        ),
        // The pages of the executables, in Chromium.
        .testTarget(
            name: "BrowserTests",
            dependencies: [
                "rate-limiter", "url-shortener", "news-feed", "chat-service", "ride-hailing", "EmbeddedRedis", "Redis",
                "TestSupport",
            ],
            swiftSettings: strict
        ),
    ],
    swiftLanguageModes: [.v6]
)
