/// Why a private Redis could not be started.
public struct EmbeddedRedisError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure. More may be added.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String {
            case executableNotFound, folderNotUsable, folderInUse, didNotStart, alreadyRunning, cancelled
        }

        private let value: Value

        /// There is no `redis-server` where it was looked for.
        public static let executableNotFound = Self(value: .executableNotFound)
        /// The folder cannot be created, written or locked.
        public static let folderNotUsable = Self(value: .folderNotUsable)
        /// Another instance, or a server that cannot be ended, uses the folder.
        public static let folderInUse = Self(value: .folderInUse)
        /// The server ended while starting, or did not answer in time.
        public static let didNotStart = Self(value: .didNotStart)
        /// A restart was asked for while the server runs.
        public static let alreadyRunning = Self(value: .alreadyRunning)
        /// The task was cancelled while the server was starting.
        public static let cancelled = Self(value: .cancelled)

        public var description: String { value.rawValue }
    }

    /// What kind of failure it is.
    public let code: Code
    /// What happened and, where something can be done about it, what; for people.
    public let message: String

    public var description: String { message }

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Runs something that fails by cancellation only, and says so in this library's terms.
    static func unlessCancelled(_ body: () async throws -> Void) async throws(EmbeddedRedisError) {
        do {
            try await body()
        } catch {
            throw EmbeddedRedisError(.cancelled, "Starting redis-server was cancelled.")
        }
    }
}
