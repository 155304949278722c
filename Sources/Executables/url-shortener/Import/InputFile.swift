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
    /// nil for a pipe.
    let totalBytes: Int64?
    private(set) var readBytes: Int64 = 0

    /// - Parameter path: `-` for standard input.
    /// - Throws: ``CommandFailure`` with `noInput`.
    init(path: String) throws {
        name = path == "-" ? "Standard input" : path.visible(limit: 200)
        descriptor = path == "-" ? dup(0) : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure(name, "cannot be opened", errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            close(descriptor)
            throw CommandFailure(exitCode: .noInput, "\(name) is a directory, not a file.")
        }
        totalBytes = status.st_mode & S_IFMT == S_IFREG ? Int64(status.st_size) : nil
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
        guard failure == 0 else { throw Self.failure(name, "cannot be read further", failure) }
        readBytes += Int64(chunk.count)
        return chunk.isEmpty ? nil : chunk
    }

    private static func failure(_ name: String, _ what: String, _ number: Int32) -> CommandFailure {
        CommandFailure(exitCode: .noInput, "\(name) \(what): \(String(cString: strerror(number))).")
    }
}
