import ArgumentParser

/// A command that could not do its work: one sentence, and an exit code of `sysexits.h`.
public struct CommandFailure: Error, CustomStringConvertible {
    public enum Code: Int32, Sendable {
        case dataError = 65
        case noInput = 66
        case unavailable = 69
        case cannotCreate = 73
    }

    public let exitCode: Code
    public let description: String

    public init(exitCode: Code, _ description: String) {
        (self.exitCode, self.description) = (exitCode, description)
    }
}
