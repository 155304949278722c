public import HTTPTypes
public import NIOCore
public import RateLimiter

/// A decision in header fields: `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers-11, and
/// `Retry-After`.
public struct RateLimitHeaders: Sendable {
    private let decision: RateLimitDecision

    public init(_ decision: RateLimitDecision) {
        self.decision = decision
    }

    public var fields: HTTPFields {
        var (policy, limit) = (ByteBuffer(), ByteBuffer())
        writePolicy(to: &policy)
        writeLimit(to: &limit)
        var fields = HTTPFields()
        fields[.rateLimitPolicy] = String(buffer: policy)
        fields[.rateLimit] = String(buffer: limit)
        if let retryAfterSeconds { fields[.retryAfter] = String(retryAfterSeconds) }
        return fields
    }

    /// The value of `RateLimit-Policy`: the quota, and the seconds in which it refills, rounded up.
    public func writePolicy(to buffer: inout ByteBuffer) {
        writeName(to: &buffer)
        buffer.writeStaticString(";q=")
        buffer.writeDigits(decision.limit)
        buffer.writeStaticString(";w=")
        buffer.writeDigits(decision.policy.windowSeconds)
    }

    /// The value of `RateLimit`: what remains, and the seconds until all of it is there again, rounded up.
    public func writeLimit(to buffer: inout ByteBuffer) {
        writeName(to: &buffer)
        buffer.writeStaticString(";r=")
        buffer.writeDigits(decision.remaining)
        buffer.writeStaticString(";t=")
        buffer.writeDigits(decision.resetAfterMicroseconds.dividedRoundingUp(by: 1_000_000))
    }

    /// The value of `Retry-After`, rounded up so that obeying it succeeds; nil when the request may pass.
    public var retryAfterSeconds: Int? {
        decision.allowed ? nil : max(1, (decision.retryAfterMicroseconds ?? 0).dividedRoundingUp(by: 1_000_000))
    }

    /// A policy's name needs no escaping in a structured field.
    private func writeName(to buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt8(ascii: "\""))
        buffer.writeString(decision.policy.name)
        buffer.writeInteger(UInt8(ascii: "\""))
    }
}

extension HTTPField.Name {
    private static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is a valid field name") }
        return name
    }
    public static let rateLimitPolicy = known("RateLimit-Policy")
    public static let rateLimit = known("RateLimit")
}

extension Int {
    package func dividedRoundingUp(by divisor: Int) -> Int {
        (self + divisor - 1) / divisor
    }
}

extension ByteBuffer {
    /// A number that is not negative, in decimal digits: no `String` between, since each answer has many.
    package mutating func writeDigits(_ value: Int) {
        let capacity = 20
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { digits in
            var (rest, first) = (UInt(bitPattern: value), capacity)
            repeat {
                first -= 1
                digits[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            writeBytes(UnsafeRawBufferPointer(digits)[first...])
        }
    }
}
