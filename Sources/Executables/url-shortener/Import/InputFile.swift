import Foundation
import ServiceKit
import Terminal

/// A file, or standard input, read from its beginning to its end in bounded memory.
///
/// Reading blocks its thread: a command has nothing else to do meanwhile.
final class InputFile {
    private let descriptor: Int32
    private static let chunkLength = 65_536

    /// As messages name it.
    let name: String
    /// nil for a pipe, and whatever else has no length.
    let totalBytes: Int64?
    private(set) var readBytes: Int64 = 0

    /// - Parameter path: `-` for standard input.
    /// - Throws: ``CommandFailure`` with `noInput`.
    init(path: String) throws {
        name = path == "-" ? "Standard input" : path.visible(limit: 200)
        descriptor = path == "-" ? dup(0) : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure(name, "cannot be opened", errno) }
        totalBytes = Self.bytesAhead(descriptor)
    }

    deinit {
        close(descriptor)
    }

    /// - Returns: nil at the end.
    /// - Throws: ``CommandFailure`` with `noInput`.
    func nextChunk() throws -> [UInt8]? {
        var failure: Int32 = 0
        let chunk = [UInt8](unsafeUninitializedCapacity: Self.chunkLength) { buffer, count in
            var result: Int
            repeat { result = read(descriptor, buffer.baseAddress, Self.chunkLength) } while result < 0 && errno == EINTR
            if result < 0 { failure = errno }
            count = max(0, result)
        }
        guard failure == 0 else { throw Self.failure(name, "cannot be read", failure) }
        readBytes += Int64(chunk.count)
        return chunk.isEmpty ? nil : chunk
    }

    private static func bytesAhead(_ descriptor: Int32) -> Int64? {
        let place = lseek(descriptor, 0, SEEK_CUR)
        let end = lseek(descriptor, 0, SEEK_END)
        guard place >= 0, end >= 0, lseek(descriptor, place, SEEK_SET) == place else { return nil }
        return Int64(end - place)
    }

    private static func failure(_ name: String, _ what: String, _ number: Int32) -> CommandFailure {
        CommandFailure(exitCode: .noInput, "\(name) \(what): \(String(cString: strerror(number))).")
    }
}
