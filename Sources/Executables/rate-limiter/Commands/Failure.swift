import ArgumentParser

/// A command that could not do its work: one sentence, and an exit code of `sysexits.h`.
struct Failure: Error, CustomStringConvertible {
    enum Code: Int32 {
        case dataError = 65
        case noInput = 66
        case unavailable = 69
        case cannotCreate = 73
    }

    let exitCode: Code
    let description: String

    init(exitCode: Code, _ description: String) {
        (self.exitCode, self.description) = (exitCode, description)
    }
}
