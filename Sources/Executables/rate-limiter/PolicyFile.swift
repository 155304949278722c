import RateLimiter
import ServiceKit
import Yams

import struct Foundation.Data
import struct Foundation.URL

/// `--policies FILE`: `{"policies":[…]}` in YAML, of which JSON is a part.
struct PolicyFile: Decodable {
    let policies: [RateLimitPolicy]

    /// - Throws: `UsageError` that names the file, and the field where it can.
    static func read(_ path: String) throws -> [RateLimitPolicy] {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw UsageError("--policies: \(path) cannot be read.")
        }
        let policies: [RateLimitPolicy]
        do {
            policies = try YAMLDecoder().decode(PolicyFile.self, from: data).policies
        } catch {
            throw UsageError("--policies: \(path): \(reason(error))")
        }
        let names = policies.map(\.name)
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw UsageError("--policies: \(path): policy \(twice) stands there twice.")
        }
        return policies
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as RateLimiterError: error.description
        case let error as YamlError: "\(error)".split(separator: "\n").joined(separator: " ")
        case DecodingError.dataCorrupted(let context):
            context.underlyingError.map { reason($0) } ?? context.debugDescription
        default: "it is not of the form {policies: [{name: …, capacity: …, refillPeriodMs: …}, …]}."
        }
    }
}
