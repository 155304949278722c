public import ArgumentParser
import Foundation

extension AsyncParsableCommand {
    /// What an executable's `main` does: runs the command that the arguments name, and exits with its code.
    public static func runAsExecutable() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let failure as CommandFailure {
            FileHandle.standardError.write(Data("Error: \(failure)\n".utf8))
            Foundation.exit(failure.exitCode.rawValue)
        } catch {
            exit(withError: error)
        }
    }
}
