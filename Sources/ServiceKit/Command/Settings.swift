public import Foundation

/// One setting from the command line, or else from the environment variable of its name.
public struct Settings: Sendable {
    private let environment: [String: String]

    public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.environment = environment
    }

    /// - Parameter name: as on the command line, such as `data-dir`; the environment variable is `DATA_DIR`.
    public func text(_ name: String, _ option: String?) -> String? {
        if let option { return option }
        guard let value = environment[variable(name)], !value.isEmpty else { return nil }
        return value
    }

    /// - Throws: ``UsageError`` when it is no integer of the range.
    public func integer(_ name: String, _ option: Int?, in range: ClosedRange<Int>) throws -> Int? {
        let value: Int
        if let option {
            value = option
        } else if let text = text(name, nil) {
            guard let integer = Int(text) else { throw UsageError("\(variable(name)) is \(text), which is not an integer.") }
            value = integer
        } else {
            return nil
        }
        guard range.contains(value) else {
            throw UsageError("--\(name) is \(value); it goes from \(range.lowerBound) to \(range.upperBound).")
        }
        return value
    }

    /// - Throws: ``UsageError`` when it is none of the choices.
    public func choice<Choice: RawRepresentable<String> & CaseIterable>(_ name: String, _ option: String?) throws -> Choice? {
        guard let text = text(name, option) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw UsageError("--\(name) is \(text); it is one of \(choices).")
        }
        return choice
    }

    /// True for the flag, and for `1`, `true` and `yes` in the environment.
    public func flag(_ name: String, _ option: Bool) -> Bool {
        option || ["1", "true", "yes"].contains(environment[variable(name)]?.lowercased())
    }

    private func variable(_ name: String) -> String {
        name.uppercased().replacing("-", with: "_")
    }
}
