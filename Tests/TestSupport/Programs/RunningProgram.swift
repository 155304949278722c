import EmbeddedRedis
import Foundation
import Synchronization
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A program of this package, started as a process of its own.
///
/// It is killed with the scope that runs it, however that ends; and with this process, should the tests themselves crash.
public final class RunningProgram: Sendable {
    public enum Exit: Hashable, Sendable {
        case code(Int32)
        case signal(Int32)
    }

    public let processIdentifier: Int32
    /// Holds what the program writes: files have no other end that somebody has to read.
    private let folder: URL
    private let exit = Mutex<Exit?>(nil)
    private let lifeline: Mutex<FileDescriptor?>

    /// What configures a service. The tests' own environment does not.
    private static let settings = [
        "HOST", "PORT", "REDIS", "THREADS", "DATA_DIR", "FSYNC", "LOG_LEVEL", "INSECURE", "JWT_SECRET", "JWT_JWKS",
        "ADMIN_TOKEN", "POLICIES", "TRUSTED_PROXIES", "BASE_URL", "CREATE_LIMIT", "REDIRECT_CACHE_SECONDS", "SEQUENTIAL",
        "COUNTRY_HEADER", "STRATEGY", "CELEBRITY_THRESHOLD", "TIMELINE_LENGTH", "WORKER_LANES",
        "MAX_MESSAGE_BYTES", "PRESENCE_LEASE_SECONDS", "FANOUT_THRESHOLD", "RETENTION_DAYS", "DRAIN_SECONDS", "SEND_LIMIT",
        "PING_SECONDS", "CONNECTIONS_PER_USER",
        "OFFER_MODE", "OFFER_SECONDS", "BROADCAST_DRIVERS", "SEARCH_RADIUS_METERS", "MATCH_DEADLINE_SECONDS",
        "DRIVER_TTL_SECONDS", "MATCHERS", "OSRM", "PRICES",
    ]

    /// - Parameter environment: beside what the tests run with.
    init(_ program: Program, _ arguments: [String], environment: [String: String] = [:]) throws {
        let executable = try Self.executable(program.name)
        folder = try newTemporaryFolder()
        let (lifeline, otherEnd) = try #require(UnixSocket.pair())
        let nothing = try #require(FileDescriptor(open("/dev/null", O_RDWR | O_CLOEXEC)))
        let output = folder.appending(path: "output").path
        let outputFile = try #require(FileDescriptor(open(output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)))
        processIdentifier = try ChildProcess.spawn(
            "/usr/bin/env",
            Self.settings.flatMap { ["-u", $0] } + environment.map { "\($0)=\($1)" } + [executable.path] + arguments,
            input: nothing, output: outputFile, errors: folder.appending(path: "errors").path, third: nothing
        ).get()
        self.lifeline = Mutex(lifeline)
        reap()
        try watch(otherEnd, nothing)
    }

    public var standardOutput: String { text("output") }
    public var standardError: String { text("errors") }
    /// How it ended; nil while it runs.
    public var ended: Exit? { exit.withLock { $0 } }

    private func text(_ file: String) -> String {
        (try? String(contentsOf: folder.appending(path: file), encoding: .utf8)) ?? ""
    }

    public func signal(_ number: Int32) {
        // Until the lock is free the process is not reaped, so the number is no one else's.
        exit.withLock { if $0 == nil { kill(processIdentifier, number) } }
    }

    /// Ends the process if it still runs, and forgets what it wrote. Nothing interrupts this.
    func end() async {
        signal(SIGKILL)
        while ended == nil { await Task { try? await Task.sleep(for: .milliseconds(2)) }.value }
        lifeline.withLock { lifeline in
            if let descriptor = lifeline { _ = send(descriptor.number, "ended\n", 6, UnixSocket.noSignal) }
            lifeline = nil
        }
        try? FileManager.default.removeItem(at: folder)
    }

    private func reap() {
        Thread.detachNewThread { [self] in
            var information = siginfo_t()
            while waitid(P_PID, id_t(processIdentifier), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
            exit.withLock { exit in
                var status: Int32 = 0
                while waitpid(processIdentifier, &status, 0) < 0, errno == EINTR {}
                exit = status & 0x7F == 0 ? .code(status >> 8 & 0xFF) : .signal(status & 0x7F)
            }
        }
    }

    /// Starts a shell that kills the process when the tests end without having said that it has ended.
    private func watch(_ input: FileDescriptor, _ nothing: FileDescriptor) throws {
        let script = "read -r word; [ \"$word\" = ended ] || kill -KILL \(processIdentifier)"
        let shell = try ChildProcess.spawn(
            "/bin/sh", ["-c", script], input: input, output: nothing, errors: "/dev/null", third: nothing
        ).get()
        Thread.detachNewThread { ChildProcess.waitAndReap(shell) }
    }

    private static func executable(_ name: String) throws -> URL {
        if name.contains("/") { return URL(filePath: name) }
        let bundles = Bundle.allBundles.map(\.bundleURL).filter { $0.pathExtension == "xctest" }
        let folders = bundles.map { $0.deletingLastPathComponent() } + [Bundle.main.bundleURL]
        let candidates = folders.map { $0.appending(path: name) }
        guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) }) else {
            throw NoExecutable(candidates: candidates.map(\.path))
        }
        return found
    }
}

struct NoExecutable: Error {
    let candidates: [String]
}
