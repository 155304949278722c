public import Foundation
import Terminal

/// A file that a command writes its result to.
public enum OutputFile {
    /// Better said now than after a minute of work.
    /// - Throws: ``CommandFailure`` when the file cannot be written.
    public static func checkWritable(_ path: String) throws {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        var isDirectory: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
        guard !isDirectory.boolValue, FileManager.default.isWritableFile(atPath: exists ? path : folder) else {
            throw CommandFailure(exitCode: .cannotCreate, "\(path.visible(limit: 200)) cannot be written.")
        }
    }

    /// - Throws: ``CommandFailure`` when the file cannot be written.
    public static func write(_ data: Data, to path: String) throws {
        do {
            try data.write(to: URL(filePath: path))
        } catch {
            let path = path.visible(limit: 200)
            throw CommandFailure(exitCode: .cannotCreate, "\(path) cannot be written: \(error.localizedDescription)")
        }
    }

    /// Writes figures as JSON.
    public static func write(figures: some Encodable, to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try write(try encoder.encode(figures), to: path)
    }
}
