#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// As much of a Redis client as it takes to see whether a server answers.
package enum UnixSocket {
    /// Sends one command over a connection of its own.
    ///
    /// - Returns: the first line of the reply, without its line end; `nil` if nothing listens, the connection ends, the time is
    ///   over, or the task is cancelled.
    static func ask(_ command: [String], at path: String, within limit: Duration) async -> String? {
        guard let socket = connect(to: path) else { return nil }
        let deadline = ContinuousClock.now + limit
        let request = Array(encode(command).utf8)
        // A request of a few bytes always fits into the socket's buffer.
        guard send(socket.number, request, request.count, noSignal) == request.count else { return nil }
        var reply: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1_024)
        while ContinuousClock.now < deadline, reply.count < 65_536 {
            let count = recv(socket.number, &chunk, chunk.count, 0)
            if count > 0 {
                reply += chunk[..<count]
                if let end = reply.firstIndex(of: UInt8(ascii: "\r")) {
                    return String(decoding: reply[..<end], as: UTF8.self)
                }
            } else if count < 0, errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR {
                guard (try? await Task.sleep(for: .milliseconds(2))) != nil else { return nil }
            } else {
                return nil
            }
        }
        return nil
    }

    /// The command in RESP: an array of bulk strings.
    static func encode(_ command: [String]) -> String {
        command.reduce("*\(command.count)\r\n") { $0 + "$\($1.utf8.count)\r\n\($1)\r\n" }
    }

    /// Two connected ends. What one end's last holder closes, the other reads as the end of file, just as with a pipe; but a
    /// socket is close-on-exec from the start (another thread may start a program at this very moment), and writing to it raises
    /// no signal when the reader has gone.
    package static func pair() -> (FileDescriptor, FileDescriptor)? {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, streamType, 0, &ends) == 0 else { return nil }
        let first = FileDescriptor(ends[0])
        let second = FileDescriptor(ends[1])
        guard let first, let second else { return nil }
        raiseNoSignal(first)
        return (first, second)
    }

    /// A non-blocking connection; `nil` if nothing listens there, or it cannot accept now.
    static func connect(to path: String) -> FileDescriptor? {
        guard canHold(path), let socket = FileDescriptor(socket(AF_UNIX, streamType, 0)) else { return nil }
        socket.makeNonBlocking()
        raiseNoSignal(socket)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                systemConnect(socket.number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        return result == 0 ? socket : nil
    }

    /// Whether a socket's address has room for this path and its final zero: 104 to 108 bytes, depending on the system.
    static func canHold(_ path: String) -> Bool {
        path.utf8.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path)
    }

    /// Makes writing to a peer that has gone an error of the call, rather than a signal that ends this process.
    static func raiseNoSignal(_ socket: FileDescriptor) {
        #if canImport(Darwin)
        var on: Int32 = 1
        setsockopt(socket.number, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }

    #if canImport(Darwin)
    static let streamType = SOCK_STREAM
    package static let noSignal: Int32 = 0
    private static let systemConnect = Darwin.connect
    #elseif canImport(Musl)
    static let streamType = SOCK_STREAM | SOCK_CLOEXEC
    package static let noSignal = Int32(MSG_NOSIGNAL)
    private static let systemConnect = Musl.connect
    #else
    static let streamType = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    package static let noSignal = Int32(MSG_NOSIGNAL)
    private static let systemConnect = Glibc.connect
    #endif
}
