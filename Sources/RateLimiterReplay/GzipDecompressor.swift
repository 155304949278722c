import Foundation
import Terminal

/// The system's `gzip -dc` on a file that is open already.
///
/// The child's standard input is the descriptor itself, so that both share one offset: where the child has read to is exactly
/// how far the file has been replayed.
final class GzipDecompressor {
    private let process = Process()
    private let outputPipe = Pipe()
    private let errorPipe = Pipe()

    /// Decompressed bytes can be read here.
    var output: Int32 { outputPipe.fileHandleForReading.fileDescriptor }

    var processIdentifier: Int32 { process.processIdentifier }

    /// - Throws: ``ReplayError`` with `unreadable` when there is no gzip.
    init(reading descriptor: Int32) throws(ReplayError) {
        let places = ["/bin/gzip", "/usr/bin/gzip"]
        process.executableURL = URL(fileURLWithPath: places.first { access($0, X_OK) == 0 } ?? places[0])
        process.arguments = ["-dc"]
        process.environment = ["LC_ALL": "C"]
        process.standardInput = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
        process.standardOutput = outputPipe
        process.standardError = errorPipe
        do {
            try process.run()
        } catch {
            throw ReplayError(.unreadable, "The log is compressed, and the gzip command cannot be started: \(error).")
        }
    }

    deinit {
        // A reader who stops early leaves a child that waits to write: with nobody to read, its next write ends it. A signal
        // would not do, for a child inherits those that its parent's thread blocks.
        try? outputPipe.fileHandleForReading.close()
    }

    /// Waits for the end of the child, whose output has ended, and says whether it could read everything.
    ///
    /// - Throws: ``ReplayError`` with `damagedCompression`.
    func finish(path: String) throws(ReplayError) {
        let complaint = (try? errorPipe.fileHandleForReading.read(upToCount: 4096)) ?? Data()
        process.waitUntilExit()
        // 2 is a warning: what follows the compressed data was not compressed, and was left out.
        guard process.terminationStatus != 0, process.terminationStatus != 2 else { return }
        let reason = String(decoding: complaint, as: UTF8.self)
            .split(whereSeparator: \.isNewline)
            .map { $0.replacing("gzip: stdin: ", with: "").trimmingCharacters(in: .whitespaces) }
            .first { !$0.isEmpty }
        throw ReplayError(
            .damagedCompression,
            "\(path.visible(limit: 200)) could be decompressed only in part: \((reason ?? "gzip failed").visible(limit: 100)).")
    }
}
