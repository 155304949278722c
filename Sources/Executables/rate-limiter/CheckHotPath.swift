import NIOCore
import RateLimiter
import RateLimiterMiddleware
import Redis
import ServiceKit

/// `GET|HEAD /v1/check/{policy}/{key}?cost=1`, answered on the event loop.
enum CheckHotPath {
    static let prefix = "/v1/check/"

    static func make(_ limiter: RateLimiter, _ redis: RedisClient) -> HotPath {
        HotPath(prefix: prefix) { eventLoop in
            guard let connection = redis.connection(on: eventLoop) else { return { _, _ in false } }
            let writer = CheckWriter(eventLoop)
            return { request, reply in
                guard let target = try? CheckTarget(path: request.path, query: request.query) else { return false }
                let isHead = request.isHead
                var isInOrder = true
                limiter.check(target.check, on: connection) { result in
                    switch result {
                    case .success(let decision):
                        reply.send { writer.write(CheckAnswer(decision), isHead: isHead, to: &$0) }
                    case .failure:
                        // Known before anything was asked of Redis: the router says what is wrong.
                        isInOrder = false
                    }
                }
                return isInOrder
            }
        }
    }
}

/// Writes whole responses, on one event loop.
private final class CheckWriter {
    private let date: HTTPDate
    /// Written before the head, which tells its length.
    private var body = ByteBufferAllocator().buffer(capacity: 512)

    init(_ eventLoop: any EventLoop) {
        date = HTTPDate(eventLoop: eventLoop)
    }

    func write(_ answer: CheckAnswer, isHead: Bool, to buffer: inout ByteBuffer) {
        body.clear()
        answer.writeBody(to: &body)
        buffer.writeStaticString(
            answer.decision.allowed
                ? "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                : "HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\nContent-Length: ")
        buffer.writeDigits(body.readableBytes)
        let rateLimit = answer.rateLimit
        buffer.writeStaticString("\r\nRateLimit-Policy: ")
        rateLimit.writePolicy(to: &buffer)
        buffer.writeStaticString("\r\nRateLimit: ")
        rateLimit.writeLimit(to: &buffer)
        if let retryAfterSeconds = rateLimit.retryAfterSeconds {
            buffer.writeStaticString("\r\nRetry-After: ")
            buffer.writeDigits(retryAfterSeconds)
        }
        buffer.writeStaticString("\r\nDate: ")
        buffer.writeString(date.text)
        buffer.writeStaticString("\r\n\r\n")
        if !isHead { buffer.writeImmutableBuffer(body) }
    }
}
