/// Why strategies cannot be compared.
public struct ComparisonError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it is: the executable chooses its exit status by this.
    public enum Code: Sendable, Hashable {
        /// The file is not there, is a directory, or cannot be read.
        case noInput
        /// A line of the file is no pair, or the graph is none that can be compared on.
        case invalidGraph
        /// The Redis that was given is in use.
        case databaseInUse
        /// Redis did not answer, or posts did not become visible.
        case redisFailed
    }

    public let code: Code
    /// One sentence for people.
    public let message: String

    init(_ code: Code, _ message: String) {
        (self.code, self.message) = (code, message)
    }

    public var description: String { message }
}
