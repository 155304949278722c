import RateLimiter
import ServiceKit

/// What a path and its query ask: `{policy}/{key}?cost=1`. The hot path and the router read it the same way.
struct CheckTarget {
    let policy: String
    let key: String
    let cost: Int

    /// Why a target cannot be read, for ``RateLimiterError``-like answers.
    enum Malformed: Error {
        case notATarget
        case key
        case cost
    }

    /// - Parameters:
    ///   - path: behind `/v1/check/`, percent-encoded: one slash lies between policy and key.
    ///   - query: behind `?`; what is not `cost` is passed over.
    init(path: UnsafeRawBufferPointer, query: UnsafeRawBufferPointer?) throws(Malformed) {
        let slash = UInt8(ascii: "/")
        guard let first = path.firstIndex(of: slash) else { throw .notATarget }
        let rest = UnsafeRawBufferPointer(rebasing: path[(first + 1)...])
        guard !rest.contains(slash), let policy = percentDecoded(UnsafeRawBufferPointer(rebasing: path[..<first])),
            !policy.isEmpty
        else { throw .notATarget }
        guard let key = percentDecoded(rest), !key.isEmpty else { throw .key }
        (self.policy, self.key) = (policy, key)
        cost = try query.map { query throws(Malformed) in try Self.cost(in: query) } ?? 1
    }

    private static func cost(in query: UnsafeRawBufferPointer) throws(Malformed) -> Int {
        for parameter in query.split(separator: UInt8(ascii: "&")) {
            guard parameter.starts(with: "cost=".utf8) else { continue }
            let digits = parameter.dropFirst("cost=".utf8.count)
            guard (1...9).contains(digits.count), digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
            else {
                throw .cost
            }
            return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        }
        return 1
    }

    var check: RateLimitCheck { RateLimitCheck(policy: policy, key: key, cost: cost) }
}
