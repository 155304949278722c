import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A small shell process that runs `redis-server` and ends it when this process ends, in whatever way.
///
/// The guardian's standard input is a socket whose other end is open in this process only. While we live, the guardian waits for
/// a line that does not come; when we end, the kernel closes our end for us, the guardian reads the end of file and ends the
/// server.
final class Guardian: Sendable {
    /// How long a server that was asked to end may take before it is killed.
    static let secondsUntilKill = 10

    /// What is known of the server.
    enum Server: Equatable {
        case starting
        case running(Int32)
        case ended
    }

    private let processIdentifier: Int32
    private let lifeline: Mutex<FileDescriptor?>
    private let report: Mutex<Report>

    private struct Report {
        let descriptor: FileDescriptor
        var bytes: [UInt8] = []
        var hasEnded = false
    }

    /// Starts the guardian, which starts the server. Both, and nothing in this process, hold the server's lock from then on.
    init(
        executable: String, arguments: [String], folder: ServerFolder, serverLock: FolderLock
    ) throws(EmbeddedRedisError) {
        guard let (lifeline, input) = UnixSocket.pair(),
            let (report, output) = UnixSocket.pair()
        else {
            throw EmbeddedRedisError(.didNotStart, "redis-server could not be started: \(systemError()).")
        }
        report.makeNonBlocking()
        let removals = folder.transientFolders + ["", ""]
        let result = ChildProcess.spawn(
            "/bin/sh",
            ["-c", Self.script, "redis-guardian", folder.socketPath, removals[0], removals[1], executable] + arguments,
            input: input, output: output, errors: folder.logPath, third: serverLock.descriptor)
        switch result {
        case .success(let processIdentifier): self.processIdentifier = processIdentifier
        case .failure(let failure):
            throw EmbeddedRedisError(.didNotStart, "/bin/sh could not be started: \(String(cString: strerror(failure.number))).")
        }
        self.lifeline = Mutex(lifeline)
        self.report = Mutex(Report(descriptor: report))
    }

    deinit {
        let isUnattended = lifeline.withLock { lifeline in
            defer { lifeline = nil }
            return lifeline != nil
        }
        let processIdentifier = processIdentifier
        if isUnattended { Thread.detachNewThread { ChildProcess.waitAndReap(processIdentifier) } }
    }

    /// Asks the server to end, and returns once it and the guardian have. To be called once. Cancellation does not interrupt it.
    func end() async {
        lifeline.withLock { lifeline in
            guard let descriptor = lifeline else { return }
            // Tells the guardian that we live, and tidy up ourselves.
            _ = send(descriptor.number, "alive\n", 6, UnixSocket.noSignal)
            lifeline = nil
        }
        let processIdentifier = processIdentifier
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                ChildProcess.waitAndReap(processIdentifier)
                continuation.resume()
            }
        }
    }

    /// Whether the server runs. Does not block.
    func server() -> Server {
        report.withLock { report in
            var chunk = [UInt8](repeating: 0, count: 64)
            while !report.hasEnded {
                let count = read(report.descriptor.number, &chunk, chunk.count)
                if count > 0 {
                    report.bytes += chunk[..<count]
                } else if count == 0 {
                    report.hasEnded = true
                } else if errno != EINTR {
                    break  // Nothing more to read now.
                }
            }
            guard !report.hasEnded else { return .ended }
            guard report.bytes.last == UInt8(ascii: "\n"),
                let identifier = Int32(String(decoding: report.bytes.dropLast(), as: UTF8.self))
            else { return .starting }
            return .running(identifier)
        }
    }

    /// Sends a signal to the server, if it runs.
    func signalServer(_ number: Int32) {
        if case .running(let identifier) = server() { kill(identifier, number) }
    }

    /// Arguments: the socket, two folders to remove (or empty), then the server's command line.
    ///
    /// The guardian says the server's process identifier on standard output and closes it. The server keeps it open, so that the
    /// end of file there is the server's own end. Signals go to the guardian's process group, which is never anyone else's.
    /// What may outlive the guardian for a moment, because a signal takes its time, does not hold the lock.
    private static let script = """
        socket=$1 folder1=$2 folder2=$3
        shift 3
        umask 077
        "$@" </dev/null &
        server=$!
        trap '' HUP INT TERM PIPE
        echo "$server"
        exec >&-
        read -r word
        kill -TERM 0
        kill -CONT 0
        (sleep \(secondsUntilKill); kill -KILL "$server") 3>&- &
        killer=$!
        wait "$server"
        kill -KILL "$killer"
        wait "$killer" 2>/dev/null
        [ "$word" = alive ] || rm -rf -- "$socket" ${folder1:+"$folder1"} ${folder2:+"$folder2"}
        kill -KILL 0
        """
}
