import Synchronization

extension EmbeddedRedis {
    /// Starts a server on the prepared folder; leaves nothing behind if that fails or the task is cancelled.
    func launch() async throws(EmbeddedRedisError) {
        try folder.create()
        let heldLock = running.withLock { $0.instanceLock }
        let instanceLock = if let heldLock { heldLock } else { try folder.lockForThisInstance() }
        do throws(EmbeddedRedisError) {
            try folder.createSocketFolder()
            let serverLock = try await folder.lockForServer()
            let logStart = folder.logSize
            let guardian = try Guardian(executable: executable, arguments: arguments, folder: folder, serverLock: serverLock)
            do throws(EmbeddedRedisError) {
                let processIdentifier = try await waitUntilReady(guardian, logStart: logStart)
                running.withLock {
                    $0 = Running(guardian: guardian, instanceLock: instanceLock, processIdentifier: processIdentifier)
                }
            } catch {
                await guardian.end()
                throw error
            }
        } catch {
            // After a crash, on the other hand, the data stays for the next attempt.
            if heldLock == nil { folder.removeTransientFiles() }
            throw error
        }
    }

    private func waitUntilReady(_ guardian: Guardian, logStart: UInt64) async throws(EmbeddedRedisError) -> Int32 {
        let clock = ContinuousClock()
        let start = clock.now
        var limit = Duration.seconds(30)
        while true {
            let server = guardian.server()
            if server == .ended {
                throw didNotStart("redis-server ended at once", logStart: logStart)
            }
            if case .running(let processIdentifier) = server,
                let answer = await UnixSocket.ask(["PING"], at: socketPath, within: .seconds(1))
            {
                // Any other answer, a demand for a password too, comes from a server that serves.
                if !answer.hasPrefix("-LOADING") { return processIdentifier }
                limit = .seconds(60)
            }
            if clock.now - start > limit {
                throw didNotStart("redis-server did not answer within \(limit.components.seconds) s", logStart: logStart)
            }
            try await EmbeddedRedisError.unlessCancelled { try await Task.sleep(for: .milliseconds(5)) }
        }
    }

    private func didNotStart(_ what: String, logStart: UInt64) -> EmbeddedRedisError {
        EmbeddedRedisError(
            .didNotStart, "\(what) in \(folder.directory). The end of its log:\n\(folder.endOfLog(from: logStart))")
    }
}
