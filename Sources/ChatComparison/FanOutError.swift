/// Why strategies cannot be compared.
public struct FanOutError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: Sendable, Hashable {
        /// The Redis that was given is in use.
        case databaseInUse
        /// Redis did not answer, or messages did not reach all.
        case redisFailed
    }

    public let code: Code
    /// One sentence for people.
    public let description: String

    init(_ code: Code, _ sentence: String) { (self.code, description) = (code, sentence) }
}
