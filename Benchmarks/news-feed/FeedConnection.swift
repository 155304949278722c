import NIOCore
import NIOHTTP1

/// One reader after another on one connection, each when the one before has been answered.
final class FeedConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let load: OpenLoop
    private var context: ChannelHandlerContext?
    private var request: Int?
    private var items = 0
    private var status = HTTPResponseStatus.ok
    private var body = ByteBuffer()

    init(_ load: OpenLoop) { self.load = load }

    func ask(_ plan: OpenLoop.Plan, request: Int) {
        guard let context else { return }
        (self.request, items) = (request, plan.items)
        body.clear()
        let reader = "reader\(Int.random(in: 0..<plan.readers))"
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: plan.path,
            headers: ["Host": "\(plan.host):\(plan.port)", "X-User-ID": reader])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        load.connected(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): status = head.status
        case .body(var part): body.writeBuffer(&part)
        case .end:
            guard let request else { return load.fail(LoadError.closed) }
            self.request = nil
            load.answered(request, isRight: status == .ok && Self.posts(in: body) == items, on: self)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        load.fail(LoadError.closed)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        load.fail(error)
        context.close(promise: nil)
    }

    /// How many posts a page holds: each has this member, and no text can, since quotation marks in texts are escaped.
    private static func posts(in body: ByteBuffer) -> Int {
        let member = Array(#""createdAt":""#.utf8)
        return body.withUnsafeReadableBytes { bytes in
            var (count, index) = (0, 0)
            while index + member.count <= bytes.count {
                if bytes[index] == member[0], bytes[index..<index + member.count].elementsEqual(member) {
                    count += 1
                    index += member.count
                } else {
                    index += 1
                }
            }
            return count
        }
    }
}
