import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An exclusive lock on a file, which the kernel releases when every process that holds its descriptor has gone.
final class FolderLock: Sendable {
    let descriptor: FileDescriptor

    private init(_ descriptor: FileDescriptor) {
        self.descriptor = descriptor
    }

    /// Takes the lock and leaves a note in its file for whoever finds it taken; `nil` if another holds it.
    ///
    /// The file is never removed: two processes could otherwise each lock a file of that name.
    static func acquire(_ path: String, note: String) throws(EmbeddedRedisError) -> FolderLock? {
        guard let descriptor = FileDescriptor(open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)) else {
            throw EmbeddedRedisError(.folderNotUsable, "\(path) cannot be opened: \(systemError()).")
        }
        if flock(descriptor.number, LOCK_EX | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK { return nil }
            throw EmbeddedRedisError(.folderNotUsable, "\(path) cannot be locked: \(systemError()).")
        }
        let bytes = Array(note.utf8)
        guard ftruncate(descriptor.number, 0) == 0, pwrite(descriptor.number, bytes, bytes.count, 0) == bytes.count else {
            throw EmbeddedRedisError(.folderNotUsable, "\(path) cannot be written: \(systemError()).")
        }
        return FolderLock(descriptor)
    }

    /// What the holder of a lock noted in it; `nil` if there is no such file, or nothing in it.
    static func note(in path: String) -> String? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8), !text.isEmpty else { return nil }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// The reason of the last failed system call, in words.
func systemError() -> String {
    String(cString: strerror(errno))
}
