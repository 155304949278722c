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
            let date = HTTPDate(eventLoop: eventLoop)
            return { request, reply in
                guard let target = try? CheckTarget(path: request.path, query: request.query) else { return false }
                let isHead = request.isHead
                var isInOrder = true
                limiter.check(target.check, on: connection) { result in
                    switch result {
                    case .success(let decision):
                        reply.send { CheckAnswer(decision).writeResponse(to: &$0, isHead: isHead, date: date) }
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

extension CheckAnswer {
    fileprivate func writeResponse(to buffer: inout ByteBuffer, isHead: Bool, date: HTTPDate) {
        buffer.writeStaticString(
            decision.allowed
                ? "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                : "HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\nContent-Length: ")
        var body = ByteBufferAllocator().buffer(capacity: 192)
        writeBody(to: &body)
        buffer.writeDigits(body.readableBytes)
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
        if !isHead { buffer.writeBuffer(&body) }
    }
}
