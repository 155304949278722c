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
    private let isHandedOn: Bool

    private init(_ descriptor: FileDescriptor, isHandedOn: Bool) {
        self.descriptor = descriptor
        self.isHandedOn = isHandedOn
    }

    deinit {
        // Closing alone is not enough: a process that another thread is starting right now holds copies of all our descriptors
        // until it becomes another program, and the lock would last as long.
        if !isHandedOn { flock(descriptor.number, LOCK_UN) }
    }

    /// Takes the lock and leaves a note in its file for whoever finds it taken; `nil` if another holds it.
    ///
    /// The file is never removed: two processes could otherwise each lock a file of that name.
    ///
    /// - Parameter isHandedOn: Whether the lock lives on in a child that was given its descriptor.
    static func acquire(_ path: String, note: String, isHandedOn: Bool = false) throws(EmbeddedRedisError) -> FolderLock? {
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
        return FolderLock(descriptor, isHandedOn: isHandedOn)
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
