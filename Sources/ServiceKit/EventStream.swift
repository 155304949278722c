import HTTPTypes
public import Hummingbird
public import NIOCore
import ServiceLifecycle

/// Server-sent events (WHATWG HTML, section 9.2), as they go over the connection.
public enum EventStream {
    /// A comment: it keeps the connection from looking dead.
    public static let heartbeat = ByteBuffer(string: ":\n\n")
    /// So long a browser waits before it connects anew.
    private static let retryMilliseconds = 2000
    fileprivate static let opening = ByteBuffer(string: "retry: \(retryMilliseconds)\n\n")
    /// So long a client may take for what is left when the service stops.
    fileprivate static let patience = TimeAmount.seconds(1)

    public static func event(_ name: String, _ data: JSONText) -> ByteBuffer {
        ByteBuffer(string: "event: \(name)\ndata: \(data.text)\n\n")
    }
}

extension Response {
    /// A response that goes on, event by event, until the client leaves or the service stops.
    /// - Parameters:
    ///   - buffered: so many events wait for a slow client, who loses the oldest.
    ///   - begin: gets where to put the events. Whoever hears of its termination has nobody to send to any more.
    public static func events(
        to request: Request, _ context: ServiceRequestContext, buffered: Int = 64,
        begin: @escaping @Sendable (AsyncStream<ByteBuffer>.Continuation) -> Void
    ) -> Response {
        let (body, channel) = (request.body, context.channel)
        // The last one is for nginx, which collects responses otherwise.
        let headers: HTTPFields = [
            .contentType: "text/event-stream", .cacheControl: "no-store", .known("X-Accel-Buffering"): "no",
        ]
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                let (events, sink) = AsyncStream.makeStream(of: ByteBuffer.self, bufferingPolicy: .bufferingNewest(buffered))
                begin(sink)
                defer { sink.finish() }
                try await withGracefulShutdownHandler {
                    try await body.consumeWithInboundCloseHandler { _ in
                        try await writer.write(EventStream.opening)
                        for await event in events { try await writer.write(event) }
                    } onInboundClosed: {
                        sink.finish()
                    }
                } onGracefulShutdown: {
                    sink.finish()
                    // Who reads nothing does not hold up the end.
                    channel.eventLoop.scheduleTask(in: EventStream.patience) { channel.close(promise: nil) }
                }
                try await writer.finish(nil)
            })
    }
}
