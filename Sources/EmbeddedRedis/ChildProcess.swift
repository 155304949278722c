import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Starts a program in a process group of its own, with the descriptors it is given and no others.
///
/// The terminal's signals, such as Ctrl-C, go to the foreground process group only. Foundation's `Process` can neither make a
/// group nor pass a fourth descriptor.
package enum ChildProcess {
    package struct Failure: Error {
        package let number: Int32
    }

    /// Starts the program at an absolute path, with this process' environment and every signal at its default.
    ///
    /// `input`, `output` and `third` become its descriptors 0, 1 and 3; `errors` is a file that descriptor 2 appends to.
    ///
    /// - Returns: its process identifier, which is also that of its process group.
    package static func spawn(
        _ path: String, _ arguments: [String],
        input: FileDescriptor, output: FileDescriptor, errors: String, third: FileDescriptor
    ) -> Result<Int32, Failure> {
        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        var attributes: posix_spawnattr_t?
        #else
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }

        posix_spawn_file_actions_adddup2(&actions, input.number, 0)
        posix_spawn_file_actions_adddup2(&actions, output.number, 1)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, third.number, 3)

        var flags = Int32(POSIX_SPAWN_SETPGROUP) | Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETSIGMASK)
        #if canImport(Darwin)
        flags |= Int32(POSIX_SPAWN_CLOEXEC_DEFAULT)
        #else
        for number in inheritableDescriptors() { posix_spawn_file_actions_addclose(&actions, number) }
        #endif
        posix_spawnattr_setflags(&attributes, Int16(truncatingIfNeeded: flags))
        posix_spawnattr_setpgroup(&attributes, 0)

        // A server that waits for SIGTERM in another way ignores it, and ignored signals are inherited.
        var all = sigset_t()
        sigfillset(&all)
        sigdelset(&all, SIGKILL)
        sigdelset(&all, SIGSTOP)
        posix_spawnattr_setsigdefault(&attributes, &all)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)

        let environment = ProcessInfo.processInfo.environment.map { "\($0)=\($1)" }
        var identifier: pid_t = 0
        let failure = withCStrings([path] + arguments) { arguments in
            withCStrings(environment) { environment in
                posix_spawn(&identifier, path, &actions, &attributes, arguments, environment)
            }
        }
        return failure == 0 ? .success(identifier) : .failure(Failure(number: failure))
    }

    /// Blocks until a child has ended, ends what is left of its process group, and releases its process identifier.
    package static func waitAndReap(_ identifier: Int32) {
        var information = siginfo_t()
        while waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) != 0 {
            // Whoever waits for any child of this process may have been first.
            guard errno == EINTR else { return }
        }
        // Not reaped yet, so the number can be no one else's.
        kill(-identifier, SIGKILL)
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
    }

    #if !canImport(Darwin)
    /// What this process itself was given by the one that started it, and any library's descriptor that is not close-on-exec.
    private static func inheritableDescriptors() -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return names.compactMap { Int32($0) }.filter { number in
            let flags = fcntl(number, F_GETFD)
            return number > 3 && flags >= 0 && flags & FD_CLOEXEC == 0
        }
    }
    #endif

    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}
