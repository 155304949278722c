extension RateLimitPolicy: Codable {
    private enum Field: String, CodingKey, CaseIterable {
        case name, algorithm, capacity, refillTokens, refillPeriodMs, onRedisFailure, shadow
    }

    /// Reads the form of the HTTP interface. `capacity` and `refillPeriodMs` are required; a field that no policy has is an
    /// error, so that a slip of the pen does not silently mean the default.
    /// - Throws: ``RateLimiterError/invalidPolicy(field:reason:)``.
    public init(from decoder: any Decoder) throws {
        let draft = try Draft(from: decoder)
        guard let name = draft.name else { throw RateLimiterError.invalidPolicy(field: "name", reason: "required: a string") }
        self = try draft.policy(named: name)
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Field.self)
        try fields.encode(name, forKey: .name)
        try fields.encode(algorithm, forKey: .algorithm)
        try fields.encode(capacity, forKey: .capacity)
        try fields.encode(refillTokens, forKey: .refillTokens)
        try fields.encode(refillPeriodMs, forKey: .refillPeriodMs)
        try fields.encode(onRedisFailure, forKey: .onRedisFailure)
        try fields.encode(shadow, forKey: .shadow)
    }

    /// A policy as it is written down, whose name may come from elsewhere, such as the path of a request.
    public struct Draft: Decodable, Sendable {
        let name: String?
        private let algorithm: Algorithm?
        private let capacity: Int
        private let refillTokens: Int?
        private let refillPeriodMs: Int
        private let onRedisFailure: FailureRule?
        private let shadow: Bool?

        public init(from decoder: any Decoder) throws {
            let unknown = try decoder.container(keyedBy: AnyField.self).allKeys.first { Field(rawValue: $0.stringValue) == nil }
            if let unknown {
                throw RateLimiterError.invalidPolicy(field: unknown.stringValue, reason: "no policy has this field")
            }
            let fields = try decoder.container(keyedBy: Field.self)

            func optional<Value: Decodable>(_ field: Field, _ form: String) throws -> Value? {
                // Any error: what a decoder says of 5.5 as an integer is not always a `DecodingError`.
                do { return try fields.decodeIfPresent(Value.self, forKey: field) } catch {
                    throw RateLimiterError.invalidPolicy(field: field.rawValue, reason: form)
                }
            }
            func required<Value: Decodable>(_ field: Field, _ form: String) throws -> Value {
                guard let value: Value = try optional(field, form) else {
                    throw RateLimiterError.invalidPolicy(field: field.rawValue, reason: "required: \(form)")
                }
                return value
            }
            name = try optional(.name, "a string")
            algorithm = try optional(.algorithm, "one of \(Self.list(Algorithm.self))")
            capacity = try required(.capacity, "an integer")
            refillTokens = try optional(.refillTokens, "an integer")
            refillPeriodMs = try required(.refillPeriodMs, "an integer, milliseconds")
            onRedisFailure = try optional(.onRedisFailure, "one of \(Self.list(FailureRule.self))")
            shadow = try optional(.shadow, "true or false")
        }

        /// - Throws: ``RateLimiterError/invalidPolicy(field:reason:)``, also when the draft says another name.
        public func policy(named known: String) throws(RateLimiterError) -> RateLimitPolicy {
            if let name, name != known { throw .invalidPolicy(field: "name", reason: "\(known), or left out") }
            return try RateLimitPolicy(
                name: known, algorithm: algorithm ?? .tokenBucket, capacity: capacity, refillTokens: refillTokens,
                refillPeriodMs: refillPeriodMs, onRedisFailure: onRedisFailure ?? .local, shadow: shadow ?? false)
        }

        private static func list<Choice: CaseIterable & RawRepresentable<String>>(_ choices: Choice.Type) -> String {
            choices.allCases.map(\.rawValue).joined(separator: ", ")
        }
    }

    private struct AnyField: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
