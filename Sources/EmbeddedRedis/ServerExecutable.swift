import Foundation

/// Finds `redis-server` on this machine.
enum ServerExecutable {
    static let usualFolders = [
        "/usr/bin", "/usr/local/bin", "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin", "/opt/local/bin", "/snap/bin",
    ]

    /// The path of `redis-server`: the one given, or what `REDIS_SERVER` names, or the first in `PATH`, or in the usual places.
    static func find(
        _ given: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        usualFolders: [String] = usualFolders
    ) throws(EmbeddedRedisError) -> String {
        if let given {
            guard isExecutable(given) else { throw missing("\(given) is not an executable file") }
            return given
        }
        if let named = environment["REDIS_SERVER"], !named.isEmpty {
            guard isExecutable(named) else { throw missing("REDIS_SERVER names \(named), which is not an executable file") }
            return named
        }
        let path = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        for folder in path + usualFolders where isExecutable(folder + "/redis-server") {
            return folder + "/redis-server"
        }
        throw missing("redis-server was not found")
    }

    private static func isExecutable(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && !isDirectory.boolValue
            && FileManager.default.isExecutableFile(atPath: path)
    }

    private static func missing(_ what: String) -> EmbeddedRedisError {
        EmbeddedRedisError(
            .executableNotFound,
            what + ": install it (Debian and Ubuntu: apt-get install redis-server; macOS: brew install redis),"
                + " or set REDIS_SERVER to its path.")
    }
}
