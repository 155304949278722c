#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An open file descriptor that is closed with its last reference and that no program we start inherits unasked.
package final class FileDescriptor: Sendable {
    package let number: Int32

    /// Takes over the result of a system call that returned a descriptor; `nil` if the call failed, with `errno` as it was.
    ///
    /// It gets a number from ten up, so that giving descriptors to a child as its 0 to 3 never overwrites one of ours.
    package init?(_ result: Int32) {
        guard result >= 0 else { return nil }
        let moved = fcntl(result, F_DUPFD_CLOEXEC, 10)
        let failure = errno
        close(result)
        errno = failure
        guard moved >= 0 else { return nil }
        number = moved
    }

    deinit {
        close(number)
    }

    /// Makes reads return at once when there is nothing to read.
    func makeNonBlocking() {
        _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK)
    }
}
