import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Faults, for tests that show what survives them.
extension EmbeddedRedis {
    /// Ends the server with SIGKILL, and returns once it is gone. Its files stay as the crash leaves them.
    public func kill() async {
        _ = await inTurn {
            self.signal(SIGKILL)
            await self.end()
        }
    }

    /// Stops the server in its tracks (SIGSTOP): it keeps its connections and answers nothing.
    public func pause() {
        signal(SIGSTOP)
    }

    /// Lets a paused server go on (SIGCONT).
    public func resume() {
        signal(SIGCONT)
    }

    /// Starts the server again, on the same folder and socket, after ``kill()``, ``stop()`` or a crash.
    ///
    /// - Throws: ``EmbeddedRedisError``, as ``start(_:)`` does; ``EmbeddedRedisError/Code/alreadyRunning`` while it still runs.
    public func restart() async throws(EmbeddedRedisError) {
        try await inTurn { () async throws(EmbeddedRedisError) in
            if let guardian = self.running.withLock({ $0.guardian }) {
                guard guardian.server() == .ended else {
                    throw EmbeddedRedisError(
                        .alreadyRunning, "redis-server already runs on \(self.folder.directory): stop it before a restart.")
                }
                await self.end()
            }
            try await self.launch()
        }.get()
    }

    private func signal(_ number: Int32) {
        running.withLock { $0.guardian }?.signalServer(number)
    }
}
