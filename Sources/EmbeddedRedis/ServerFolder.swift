import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where a server keeps its data, log, socket and locks.
struct ServerFolder: Sendable {
    /// The folder's absolute path.
    let directory: String
    let socketPath: String
    /// A short folder for the socket alone, where the path of one in `directory` would be too long.
    let socketFolder: String?
    let isTemporary: Bool

    init(directory: String, isTemporary: Bool) {
        let directory = URL(fileURLWithPath: directory).standardizedFileURL.path
        self.directory = directory
        self.isTemporary = isTemporary
        let socketPath = directory + "/redis.sock"
        if UnixSocket.canHold(socketPath) {
            self.socketPath = socketPath
            socketFolder = nil
        } else {
            let socketFolder = "/tmp/" + Self.unguessableName()
            self.socketPath = socketFolder + "/redis.sock"
            self.socketFolder = socketFolder
        }
    }

    /// Where the server of a folder has its socket: what ``createSocketFolder()`` has left there, if it is not in the folder.
    static func socketPath(in directory: String) -> String {
        let folder = ServerFolder(directory: directory, isTemporary: false)
        guard folder.socketFolder != nil else { return folder.socketPath }
        return (try? String(contentsOfFile: folder.socketNotePath, encoding: .utf8)) ?? folder.socketPath
    }

    /// Says where the socket is, for those who know the folder alone.
    private var socketNotePath: String { directory + "/redis.sock.path" }
    var logPath: String { directory + "/redis.log" }
    var processIdentifierPath: String { directory + "/redis.pid" }
    /// Held by the process that uses the folder, for as long as it does.
    var instanceLockPath: String { directory + "/instance.lock" }
    /// Held by the server and its guardian, which may outlive that process for a moment.
    var serverLockPath: String { directory + "/server.lock" }

    static func unguessableName() -> String {
        "redis-" + String(UInt64.random(in: .min ... .max), radix: 36)
    }

    /// The options that make a server private, durable and quiet.
    func serverArguments(durability: EmbeddedRedis.Durability) -> [String] {
        [
            "--port", "0",
            "--unixsocket", socketPath,
            "--unixsocketperm", "700",
            "--dir", directory,
            "--appendonly", "yes",
            "--appendfsync", durability.rawValue,
            "--save", "",
            "--daemonize", "no",
            "--pidfile", processIdentifierPath,
            "--logfile", logPath,
            "--loglevel", "notice",
        ]
    }

    /// Makes the folder, for this user only; an existing one stays as it is.
    func create() throws(EmbeddedRedisError) {
        var path = ""
        for part in directory.split(separator: "/") {
            path += "/" + part
            guard mkdir(path, 0o700) == 0 || errno == EEXIST || access(path, X_OK) == 0 else {
                throw EmbeddedRedisError(.folderNotUsable, "The folder \(directory) cannot be created: \(systemError()).")
            }
        }
        guard access(directory, W_OK | X_OK) == 0 else {
            throw EmbeddedRedisError(.folderNotUsable, "The folder \(directory) cannot be written: \(systemError()).")
        }
    }

    /// Makes the socket's own folder, if it has one.
    func createSocketFolder() throws(EmbeddedRedisError) {
        guard let socketFolder else { return }
        try? socketPath.write(toFile: socketNotePath, atomically: true, encoding: .utf8)
        guard mkdir(socketFolder, 0o700) != 0 else { return }
        // In a folder that everybody can write to, what is there already is good only if it is ours and closed to others.
        var status = stat()
        guard errno == EEXIST, lstat(socketFolder, &status) == 0, status.st_mode & (S_IFMT | 0o077) == S_IFDIR,
            status.st_uid == geteuid()
        else {
            throw EmbeddedRedisError(.folderNotUsable, "\(socketFolder) cannot be created for the server's socket.")
        }
    }

    /// Removes what has no meaning without a running server: the socket, and all of a temporary folder.
    func removeTransientFiles() {
        for path in [socketPath] + transientFolders {
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    var transientFolders: [String] {
        [socketFolder, isTemporary ? directory : nil].compactMap { $0 }
    }

    var logSize: UInt64 {
        var status = stat()
        return stat(logPath, &status) == 0 ? UInt64(status.st_size) : 0
    }

    /// The last lines that were logged after the given position.
    func endOfLog(from position: UInt64, lines: Int = 6) -> String {
        guard let file = FileHandle(forReadingAtPath: logPath) else { return "(no log)" }
        defer { try? file.close() }
        let start = max(position, logSize > 8_192 ? logSize - 8_192 : 0)
        guard (try? file.seek(toOffset: start)) != nil, let bytes = try? file.readToEnd(), !bytes.isEmpty else {
            return "(empty)"
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").suffix(lines).joined(separator: "\n")
    }
}
