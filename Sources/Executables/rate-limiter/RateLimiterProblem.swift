import HTTPTypes
public import RateLimiter
public import ServiceKit

extension RateLimiterError: ProblemConvertible {
    public var problem: Problem {
        switch self {
        case .unknownPolicy: Problem(.notFound, description)
        case .policiesUnavailable, .redis, .heartbeatLost: Problem(.serviceUnavailable, description)
        case .invalidPolicy, .invalidKey, .invalidCost, .costsExceedCapacity, .invalidCheckCount:
            Problem(.badRequest, description)
        }
    }
}
