import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A raw HTTP/1.1 client on one loopback connection: it sends whatever bytes it is told to, and reads whole responses.
///
/// Every wait has a deadline. Requests may be pipelined: send several, then read as many responses. Two tasks must not wait
/// for the same connection at once. The connection closes with its last reference.
///
/// ```swift
/// let connection = try await HTTPConnection.open(port: port)
/// let reply = try await connection.request("GET", "/health/live")
/// try await connection.send("GET / HT")       // and never goes on
/// let rest = try await connection.untilClosed()
/// ```
public final class HTTPConnection: Sendable {
    private let channel: any Channel
    private let incoming: NIOLoopBound<Incoming>
    let patience: TimeAmount

    private init(_ channel: any Channel, _ incoming: NIOLoopBound<Incoming>, _ patience: TimeAmount) {
        (self.channel, self.incoming, self.patience) = (channel, incoming, patience)
    }

    deinit {
        channel.close(promise: nil)
    }

    /// - Parameter patience: how long each later wait may take.
    public static func open(
        host: String = "127.0.0.1", port: Int, patience: Duration = .seconds(20)
    ) async throws -> HTTPConnection {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(10))
            // The peer's end of sending is seen, and sending goes on.
            .channelOption(.allowRemoteHalfClosure, value: true)
        let (channel, incoming) = try await bootstrap.connect(host: host, port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                let incoming = Incoming()
                try channel.pipeline.syncOperations.addHandler(incoming)
                return (channel, NIOLoopBound(incoming, eventLoop: channel.eventLoop))
            }
        }
        return HTTPConnection(channel, incoming, TimeAmount(patience))
    }

    // MARK: Sending

    /// Sends a request that is in order: with `Host`, and with `Content-Length` if there is a body.
    public func send(
        _ method: String, _ target: String, headers: [(String, String)] = [], body: String? = nil
    ) async throws {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if let body { head += "Content-Length: \(body.utf8.count)\r\n" }
        try await send(head + "\r\n" + (body ?? ""))
    }

    /// Returns when the bytes have been given to the system.
    public func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    public func send(_ bytes: [UInt8]) async throws {
        try await orLate("the peer did not take what was sent", channel.writeAndFlush(ByteBuffer(bytes: bytes)))
    }

    /// Sends no more, and reads on.
    public func finishSending() async throws {
        try await orLate("half-close", channel.close(mode: .output))
    }

    /// Closes with a reset, in the middle of whatever is going on.
    public func reset() async throws {
        guard let socket = channel as? any SocketOptionProvider else { throw HTTPConnectionError("no socket") }
        try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try? await channel.close().get()
    }

    /// Takes nothing from the system any more, so that the peer's sending comes to a stop; or goes on taking.
    public func setReading(_ isReading: Bool) async throws {
        try await channel.setOption(.autoRead, value: isReading).get()
        if isReading { channel.read() }
    }

    /// How many bytes the system keeps for whoever does not read.
    public func setReceiveBuffer(_ size: Int) async throws {
        try await channel.setOption(.socketOption(.so_rcvbuf), value: .init(size)).get()
    }

    // MARK: Receiving

    /// Sends a request and reads its response.
    public func request(
        _ method: String, _ target: String, headers: [(String, String)] = [], body: String? = nil
    ) async throws -> HTTPReply {
        try await send(method, target, headers: headers, body: body)
        return try await reply(isToHead: method == "HEAD")
    }

    /// Reads the next response, whole.
    /// - Throws: ``HTTPConnectionError``; also when the peer closes before the response has ended.
    public func reply(isToHead: Bool = false) async throws -> HTTPReply {
        try await wait("a response") { bytes, isClosed in
            if let reply = try HTTPReply(takenFrom: &bytes, isToHead: isToHead, isLast: isClosed) { return reply }
            if isClosed { throw HTTPConnectionError("closed after \(bytes.readableBytes) bytes of a response") }
            return nil
        }
    }

    /// Waits for some words, of a response that goes on, and takes all that has come up to their end.
    /// - Throws: ``HTTPConnectionError``; also when the peer closes before.
    public func text(through words: String) async throws -> String {
        let words = Array(words.utf8)
        return try await wait("\(String(decoding: words, as: UTF8.self))") { bytes, isClosed in
            let view = bytes.readableBytesView
            guard let end = view.firstRange(of: words)?.upperBound else {
                if isClosed { throw HTTPConnectionError("closed after \(String(decoding: view, as: UTF8.self))") }
                return nil
            }
            return bytes.readString(length: end - view.startIndex)
        }
    }

    /// Waits until the peer has closed, or has at least said that it sends no more.
    /// - Returns: what came before and no one has read.
    public func untilClosed() async throws -> [UInt8] {
        try await wait("the peer's close") { bytes, isClosed in
            isClosed ? bytes.readBytes(length: bytes.readableBytes) ?? [] : nil
        }
    }

    /// Whether the peer has been seen to close by now.
    public var isClosed: Bool {
        get async throws { try await channel.eventLoop.submit { [incoming] in incoming.value.isClosed }.get() }
    }

    /// - Parameter take: takes the value off the bytes that have come; nil when there are not enough.
    func wait<Value: Sendable>(
        _ what: String, _ take: @escaping @Sendable (inout ByteBuffer, _ isClosed: Bool) throws -> Value?
    ) async throws -> Value {
        let promise = channel.eventLoop.makePromise(of: Value.self)
        channel.eventLoop.execute { [incoming] in
            incoming.value.wait { bytes, isClosed in
                do {
                    guard let value = try take(&bytes, isClosed) else { return false }
                    promise.succeed(value)
                } catch {
                    promise.fail(error)
                }
                return true
            }
        }
        return try await orLate("no \(what)", promise.futureResult)
    }

    private func orLate<Value: Sendable>(_ what: String, _ future: EventLoopFuture<Value>) async throws -> Value {
        let promise = channel.eventLoop.makePromise(of: Value.self)
        future.cascade(to: promise)
        let patience = patience
        let deadline = channel.eventLoop.scheduleTask(in: patience) { [incoming] in
            incoming.value.giveUp()
            promise.fail(HTTPConnectionError("\(what) within \(patience.nanoseconds / 1_000_000) ms"))
        }
        defer { deadline.cancel() }
        return try await promise.futureResult.get()
    }
}

/// What goes wrong on a connection, or with a response on it.
public struct HTTPConnectionError: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Keeps what has come until somebody takes it.
private final class Incoming: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private var bytes = ByteBuffer()
    private(set) var isClosed = false
    private var waiter: ((inout ByteBuffer, Bool) -> Bool)?

    func wait(_ waiter: @escaping (inout ByteBuffer, Bool) -> Bool) {
        precondition(self.waiter == nil, "two tasks wait for one connection")
        self.waiter = waiter
        tell()
    }

    func giveUp() {
        waiter = nil
    }

    private func tell() {
        guard let waiter, waiter(&bytes, isClosed) else { return }
        self.waiter = nil
    }

    private func close() {
        isClosed = true
        tell()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var new = unwrapInboundIn(data)
        bytes.writeBuffer(&new)
        tell()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { close() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        close()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
