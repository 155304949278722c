public import Testing

/// Gives a suite one service that all of its tests share; what one of them makes must not disturb another.
public struct ServiceTrait: SuiteTrait, TestScoping {
    let program: Program
    let arguments: [String]
    let environment: [String: String]

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await ProcessSlots.shared.withSlots(1) {
            try await withService(program, arguments, environment: environment) { service in
                try await eventually("ready", within: .seconds(20)) { try await service.isReady() }
                try await RunningService.$ofSuite.withValue(service) { try await function() }
            }
        }
    }
}

extension Trait where Self == ServiceTrait {
    public static func service(_ program: Program, _ arguments: String..., environment: [String: String] = [:]) -> Self {
        ServiceTrait(program: program, arguments: arguments, environment: environment)
    }
}

extension RunningService {
    @TaskLocal fileprivate static var ofSuite: RunningService?

    /// The service of the suite that runs.
    public static var shared: RunningService {
        get throws { try #require(ofSuite, "the suite lacks the trait .service") }
    }
}
