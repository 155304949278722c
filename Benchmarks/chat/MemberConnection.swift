import NIOCore

/// The connection of one member of a group: upgraded by itself, and then frames, with as little work for each as there can be.
final class MemberConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase { case upgrading, welcomed, open }

    private let group: MemberGroup
    private let member: Int
    private let endpoint: Endpoint
    private let ready: EventLoopPromise<Void>
    private var context: ChannelHandlerContext?
    private var phase = Phase.upgrading
    private var unread = ByteBuffer()

    init(_ member: Int, of group: MemberGroup, at endpoint: Endpoint, ready: EventLoopPromise<Void>) {
        (self.member, self.group, self.endpoint, self.ready) = (member, group, endpoint, ready)
    }

    func send(_ text: String, opcode: UInt8 = ClientFrame.text) {
        guard let context else { return }
        var buffer = context.channel.allocator.buffer(capacity: text.utf8.count + 16)
        ClientFrame.write(text, opcode: opcode, to: &buffer)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        let request = """
            GET \(group.dialect.path(group: group.number, member: member)) HTTP/1.1\r
            Host: \(endpoint.host):\(endpoint.port)\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            Sec-WebSocket-Version: 13\r
            \r\n
            """
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: request)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        if unread.readableBytes == 0 { swap(&unread, &buffer) } else { unread.writeBuffer(&buffer) }
        do {
            if phase == .upgrading { try readUpgrade() }
            guard phase != .upgrading else { return }
            let now = NIODeadline.now()
            let count = try unread.withUnsafeReadableBytes { bytes in
                try ClientFrame.readAll(bytes) { opcode, payload in try read(opcode, payload, at: now) }
            }
            unread.moveReaderIndex(forwardBy: count)
            if unread.readableBytes == 0 { unread = ByteBuffer() }
        } catch {
            fail(error)
        }
    }

    private func readUpgrade() throws {
        let end = Array("\r\n\r\n".utf8)
        let view = unread.readableBytesView
        guard let head = view.indices.first(where: { view[$0...].starts(with: end) }) else { return }
        let text = String(decoding: view[..<head], as: UTF8.self)
        guard text.hasPrefix("HTTP/1.1 101 ") else { throw ClientError.unexpected(text) }
        unread.moveReaderIndex(to: head + end.count)
        phase = .welcomed
        if !group.dialect.hasWelcome { beReady() }
    }

    private func beReady() {
        phase = .open
        ready.succeed()
    }

    private func read(_ opcode: UInt8, _ payload: UnsafeRawBufferPointer, at now: NIODeadline) throws {
        switch opcode {
        case ClientFrame.text:
            switch Arrival(payload) {
            case .message(let group, let number): try self.group.received(group, number, by: member, at: now)
            case .confirmation(let group, let number): try self.group.confirmed(group, number, to: member, at: now)
            case .other:
                let text = String(decoding: payload, as: UTF8.self)
                if text.contains(#""error""#) { throw ClientError.unexpected(text) }
                if phase == .welcomed, text.contains(#""welcome""#) { beReady() }
            }
        case ClientFrame.ping: send(String(decoding: payload, as: UTF8.self), opcode: ClientFrame.pong)
        case ClientFrame.close: throw ClientError.closed(String(decoding: payload.dropFirst(2), as: UTF8.self))
        default: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) { fail(ClientError.closed("without a word")) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(error)
        context.close(promise: nil)
    }

    private func fail(_ error: any Error) {
        context = nil
        ready.fail(error)
        group.fail(error)
    }
}
