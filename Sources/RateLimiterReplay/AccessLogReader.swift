import Foundation
import Terminal

/// Streams the lines of a log, plain or gzip, in bounded memory.
///
/// Reading blocks its thread; a log is on a disk, and the one who replays it has nothing else to do meanwhile.
final class AccessLogReader {
    private let path: String
    private let descriptor: Int32
    private let gzip: GzipDecompressor?
    private var splitter = LineSplitter()
    private static let chunkLength = 65_536

    /// The file's length; nil for a pipe.
    let totalBytes: Int64?
    /// How far the file has been read; compressed bytes, when it is compressed.
    private(set) var readBytes: Int64 = 0

    /// - Throws: ``ReplayError``: `missingFile`, `isDirectory` or `unreadable`.
    init(path: String) throws(ReplayError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let code: ReplayError.Code = errno == ENOENT || errno == ENOTDIR ? .missingFile : .unreadable
            throw Self.failure(code, path, "cannot be opened", errno)
        }
        do throws(ReplayError) {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else {
                throw Self.failure(.unreadable, path, "cannot be examined", errno)
            }
            if status.st_mode & S_IFMT == S_IFDIR {
                throw ReplayError(.isDirectory, "\(path.visible(limit: 200)) is a directory, not an access log.")
            }
            totalBytes = status.st_mode & S_IFMT == S_IFREG ? Int64(status.st_size) : nil
            gzip = Self.isGzip(descriptor) ? try GzipDecompressor(reading: descriptor) : nil
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit {
        close(descriptor)
    }

    /// Reads the next chunk and delivers the lines that end in it.
    ///
    /// - Returns: false at the end of the file, when every line has been delivered.
    /// - Throws: ``ReplayError``: `unreadable` or `damagedCompression`; lines that were whole before the damage have been
    ///   delivered.
    func readChunk(_ deliver: (LineSplitter.Line) -> Void) throws(ReplayError) -> Bool {
        let chunk = try nextBytes()
        readBytes = gzip == nil ? readBytes + Int64(chunk.count) : Int64(lseek(descriptor, 0, SEEK_CUR))
        guard chunk.isEmpty else {
            splitter.push(chunk, deliver)
            return true
        }
        try gzip?.finish(path: path)
        splitter.finish(deliver)
        return false
    }

    private func nextBytes() throws(ReplayError) -> [UInt8] {
        let source = gzip?.output ?? descriptor
        var failure: Int32 = 0
        let chunk = [UInt8](unsafeUninitializedCapacity: Self.chunkLength) { buffer, count in
            var result: Int
            repeat { result = read(source, buffer.baseAddress, Self.chunkLength) } while result < 0 && errno == EINTR
            if result < 0 { failure = errno }
            count = max(0, result)
        }
        guard failure == 0 else { throw Self.failure(.unreadable, path, "cannot be read further", failure) }
        return chunk
    }

    /// `pread` leaves the offset where it is, and fails on a pipe, which is then read as it comes.
    private static func isGzip(_ descriptor: Int32) -> Bool {
        var magic: [UInt8] = [0, 0]
        return pread(descriptor, &magic, 2, 0) == 2 && magic == [0x1f, 0x8b]
    }

    private static func failure(_ code: ReplayError.Code, _ path: String, _ what: String, _ number: Int32) -> ReplayError {
        ReplayError(code, "\(path.visible(limit: 200)) \(what): \(String(cString: strerror(number))).")
    }
}
