import HTTPTypes
public import RateLimiter
public import ServiceKit

extension RateLimiterError: ProblemConvertible {
    public var problem: Problem {
        switch self {
        case .invalidCheck(_, let reason): Problem(reason.problem.status, description)
        case .unknownPolicy: Problem(.notFound, description)
        case .policiesUnavailable, .redis, .heartbeatLost: Problem(.serviceUnavailable, description)
        case .invalidPolicy, .invalidQuota, .invalidKey, .invalidCost, .costsExceedCapacity, .invalidCheckCount:
            Problem(.badRequest, description)
        }
    }
}
