import Foundation
import Synchronization

/// A private `redis-server` on a Unix socket, with its append-only file on.
///
/// It ends with `stop()`, with the last reference to this object, and with this process, however that ends: SIGKILL included.
/// It does not end before: it runs in a process group of its own, so Ctrl-C in a terminal does not reach it.
///
/// ```swift
/// let redis = try await EmbeddedRedis.start(.init(directory: ".data/redis"))
/// // ... connect to redis.url ...
/// await redis.stop()
/// ```
///
/// Everything that changes whether the server runs (`stop()`, `kill()`, `restart()`) happens in the order of the calls.
public final class EmbeddedRedis: Sendable {
    let executable: String
    let arguments: [String]
    let folder: ServerFolder
    let running = Mutex(Running())
    private let lastTurn = Mutex<Task<Result<Void, EmbeddedRedisError>, Never>?>(nil)

    struct Running {
        var guardian: Guardian?
        var instanceLock: FolderLock?
        var processIdentifier: Int32 = 0
    }

    private init(executable: String, configuration: Configuration, folder: ServerFolder) {
        self.executable = executable
        self.folder = folder
        self.arguments = folder.serverArguments(durability: configuration.durability) + configuration.extraArguments
    }

    deinit {
        // A guardian that loses us tidies up; one that is gone after `kill()` cannot.
        running.withLock { if $0.guardian == nil, $0.instanceLock != nil { folder.removeTransientFiles() } }
    }

    /// Starts a server on the given folder and returns once it answers.
    ///
    /// Waits at most 30 seconds for the first answer, and at most 60 seconds for a server that says it is loading its data.
    /// What was left in the folder by a crash is no obstacle; a server that outlived its process is shut down first.
    ///
    /// - Throws: ``EmbeddedRedisError``; also when the task is cancelled. In either case no process is left behind.
    public static func start(_ configuration: Configuration) async throws(EmbeddedRedisError) -> EmbeddedRedis {
        try await start(configuration, isTemporary: false)
    }

    /// Starts a server on a fresh private folder below the system's temporary folder, which goes when the server stops.
    ///
    /// - Throws: ``EmbeddedRedisError``, as ``start(_:)`` does.
    public static func temporary(
        durability: Durability = .everySecond, extraArguments: [String] = []
    ) async throws(EmbeddedRedisError) -> EmbeddedRedis {
        let directory = FileManager.default.temporaryDirectory.path + "/" + ServerFolder.unguessableName()
        let configuration = Configuration(directory: directory, durability: durability, extraArguments: extraArguments)
        return try await start(configuration, isTemporary: true)
    }

    private static func start(
        _ configuration: Configuration, isTemporary: Bool
    ) async throws(EmbeddedRedisError) -> EmbeddedRedis {
        let redis = EmbeddedRedis(
            executable: try ServerExecutable.find(configuration.executable),
            configuration: configuration,
            folder: ServerFolder(directory: configuration.directory, isTemporary: isTemporary))
        try await redis.launch()
        return redis
    }

    /// Asks the server to end (SIGTERM), and returns once it has; ends it with SIGKILL after 10 seconds.
    ///
    /// An orderly end loses nothing, under either durability. Removes the socket, and a temporary server's folder.
    /// Calling it again does nothing. Cancelling the task does not interrupt it.
    public func stop() async {
        _ = await inTurn {
            await self.end()
            self.folder.removeTransientFiles()
            self.running.withLock { $0.instanceLock = nil }
        }
    }

    /// The server's address: `redis+unix://` and the absolute path of its socket, percent-encoded.
    public var url: String {
        let unreserved = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")
        return "redis+unix://" + (socketPath.addingPercentEncoding(withAllowedCharacters: unreserved) ?? socketPath)
    }

    /// The absolute path of the server's Unix socket. It stays the same over ``restart()``.
    public var socketPath: String { folder.socketPath }

    /// The path of the socket of a server that runs, or ran, on a folder; for another process that is to talk to it.
    public static func socketPath(ofServerIn directory: String) -> String {
        ServerFolder.socketPath(in: directory)
    }

    /// The process identifier of `redis-server` itself; of the last one that ran, if none runs now.
    public var processIdentifier: Int32 { running.withLock { $0.processIdentifier } }

    /// Whether the server's process runs. Does not block.
    public var isRunning: Bool {
        guard let guardian = running.withLock({ $0.guardian }) else { return false }
        return guardian.server() != .ended
    }

    /// Ends the guardian, and with it the server, if there is one.
    func end() async {
        guard let guardian = running.withLock({ $0.guardian }) else { return }
        await guardian.end()
        running.withLock { $0.guardian = nil }
    }

    /// Runs an operation after those that were asked for before it. Cancellation is passed on to it.
    func inTurn(
        _ operation: @escaping @Sendable () async throws(EmbeddedRedisError) -> Void
    ) async -> Result<Void, EmbeddedRedisError> {
        let turn = lastTurn.withLock { last in
            let previous = last
            let turn = Task { () -> Result<Void, EmbeddedRedisError> in
                _ = await previous?.value
                do throws(EmbeddedRedisError) {
                    return .success(try await operation())
                } catch {
                    return .failure(error)
                }
            }
            last = turn
            return turn
        }
        return await withTaskCancellationHandler {
            await turn.value
        } onCancel: {
            turn.cancel()
        }
    }
}
