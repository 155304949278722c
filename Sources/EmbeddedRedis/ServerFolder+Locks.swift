import Foundation

/// Two locks guard the folder. A second instance is refused at once by the first. A server that outlives its instance, because
/// its guardian is still ending it or was itself killed, holds the second, so that no other server ever opens the same files.
extension ServerFolder {
    func lockForThisInstance() throws(EmbeddedRedisError) -> FolderLock {
        let note = "\(ProcessInfo.processInfo.processIdentifier)"
        guard let lock = try FolderLock.acquire(instanceLockPath, note: note) else {
            let holder = FolderLock.note(in: instanceLockPath).map { " (process \($0))" } ?? ""
            throw EmbeddedRedisError(
                .folderInUse, "The folder \(directory) is in use by another instance\(holder): give each a folder of its own.")
        }
        return lock
    }

    /// Waits for a server of an earlier instance to end, and asks it to if it still answers.
    func lockForServer() async throws(EmbeddedRedisError) -> FolderLock {
        let clock = ContinuousClock()
        // Longer than a guardian takes to lose its patience.
        let deadline = clock.now + .seconds(Guardian.secondsUntilKill + 5)
        var hasAsked = false
        while true {
            let earlierSocket = FolderLock.note(in: serverLockPath)
            if let lock = try FolderLock.acquire(serverLockPath, note: socketPath, isHandedOn: true) {
                if UnixSocket.connect(to: socketPath) != nil {
                    throw EmbeddedRedisError(
                        .folderInUse, "A server that was not started from here already listens on \(socketPath).")
                }
                return lock
            }
            if !hasAsked, let earlierSocket {
                _ = await UnixSocket.ask(["SHUTDOWN"], at: earlierSocket, within: .seconds(1))
                hasAsked = true
            }
            if clock.now > deadline {
                let server = FolderLock.note(in: processIdentifierPath).map { " (process \($0))" } ?? ""
                throw EmbeddedRedisError(
                    .folderInUse, "A redis-server of an earlier run\(server) still uses the folder \(directory): end it first.")
            }
            try await EmbeddedRedisError.unlessCancelled { try await Task.sleep(for: .milliseconds(10)) }
        }
    }
}
