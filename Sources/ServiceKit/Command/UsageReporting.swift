import ArgumentParser
import EmbeddedRedis

/// Runs a command's work; what is wrong with how it was called ends with exit code 64 and one clear sentence.
public func reportingUsageErrors(_ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch let error as UsageError {
        throw ValidationError(error.description)
    } catch let error as EmbeddedRedisError where [.folderNotUsable, .folderInUse].contains(error.code) {
        throw ValidationError("--data-dir: \(error.message)")
    }
}
