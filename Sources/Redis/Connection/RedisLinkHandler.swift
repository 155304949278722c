import NIOCore

/// Bytes of one socket to replies of its link.
final class RedisLinkHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let link: RedisLink
    private var reader: ReplyReader

    init(link: RedisLink, maximumReplySize: Int) {
        self.link = link
        reader = ReplyReader(maximumReplySize: maximumReplySize)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let link = link
        do {
            try unwrapInboundIn(data).withUnsafeReadableBytes { bytes throws(ProtocolViolation) in
                try reader.read(bytes) { link.received($0, from: self) }
            }
        } catch {
            link.ended(self, cause: error)
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        link.ended(self, cause: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        link.ended(self, cause: error)
        context.close(promise: nil)
    }
}
