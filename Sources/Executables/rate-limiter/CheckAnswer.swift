import HTTPTypes
import Hummingbird
import NIOCore
import RateLimiter
import RateLimiterMiddleware

/// A decision as HTTP says it: status, header fields, body. The hot path and the router write the same.
struct CheckAnswer {
    let decision: RateLimitDecision

    init(_ decision: RateLimitDecision) {
        self.decision = decision
    }

    var status: HTTPResponse.Status { decision.allowed ? .ok : .tooManyRequests }
    var rateLimit: RateLimitHeaders { RateLimitHeaders(decision) }

    var headers: HTTPFields {
        var headers = rateLimit.fields
        headers[.contentType] = "application/json"
        return headers
    }

    func writeBody(to buffer: inout ByteBuffer) {
        buffer.writeStaticString(decision.allowed ? #"{"allowed":true,"policy":""# : #"{"allowed":false,"policy":""#)
        // A policy's name needs no escaping in JSON.
        buffer.writeString(decision.policy.name)
        buffer.writeStaticString(#"","limit":"#)
        buffer.writeDigits(decision.limit)
        buffer.writeStaticString(#","remaining":"#)
        buffer.writeDigits(decision.remaining)
        buffer.writeStaticString(#","retryAfterMs":"#)
        buffer.writeDigits((decision.retryAfterMicroseconds ?? 0).dividedRoundingUp(by: 1000))
        buffer.writeStaticString(#","resetAfterMs":"#)
        buffer.writeDigits(decision.resetAfterMicroseconds.dividedRoundingUp(by: 1000))
        buffer.writeStaticString(#","decidedBy":""#)
        buffer.writeString(decision.decidedBy.rawValue)
        switch (decision.policy.shadow, decision.isWithinLimit) {
        case (false, _): buffer.writeStaticString(#""}"#)
        case (true, true): buffer.writeStaticString(#"","shadow":true,"wouldAllow":true}"#)
        case (true, false): buffer.writeStaticString(#"","shadow":true,"wouldAllow":false}"#)
        }
    }

    /// - Parameter status: nil: 200 or 429.
    func response(status: HTTPResponse.Status? = nil) -> Response {
        var body = ByteBuffer()
        writeBody(to: &body)
        return Response(status: status ?? self.status, headers: headers, body: .init(byteBuffer: body))
    }
}
