import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Whether a process exists; one that has ended and was not yet waited for does not count.
public func isAlive(_ processIdentifier: Int32) -> Bool {
    guard kill(processIdentifier, 0) == 0 else { return false }
    #if os(Linux)
    let status = (try? String(contentsOfFile: "/proc/\(processIdentifier)/stat", encoding: .utf8)) ?? ""
    return !status.isEmpty && !status.contains(") Z ")
    #else
    return true
    #endif
}

/// The process of the Redis that a service started for itself below its data folder.
/// - Throws: also while it is not written down yet.
public func privateRedis(in folder: String) throws -> Int32 {
    let text = try String(contentsOfFile: folder + "/redis/redis.pid", encoding: .utf8)
    guard let number = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)) else { throw NotYetWritten() }
    return number
}

private struct NotYetWritten: Error {}
