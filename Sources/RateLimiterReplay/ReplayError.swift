/// Why a log cannot be replayed, or only in part.
public struct ReplayError: Error, Sendable, Hashable, Codable, CustomStringConvertible {
    /// What kind of failure it is: the executable chooses its exit status by this.
    public struct Code: RawRepresentable, Sendable, Hashable, Codable {
        public let rawValue: String

        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The key names a field that an access log does not have.
        public static let invalidKey = Code(rawValue: "invalidKey")
        /// There is no such file.
        public static let missingFile = Code(rawValue: "missingFile")
        /// The path names a directory.
        public static let isDirectory = Code(rawValue: "isDirectory")
        /// The file cannot be opened or read.
        public static let unreadable = Code(rawValue: "unreadable")
        /// No line could be read as an access log's.
        public static let notAnAccessLog = Code(rawValue: "notAnAccessLog")
        /// The file is an access log, but no line has the field that the key asks for.
        public static let noKey = Code(rawValue: "noKey")
        /// The compressed data ends early or is damaged.
        public static let damagedCompression = Code(rawValue: "damagedCompression")
        /// A decider answered with too few or too many decisions.
        public static let brokenDecider = Code(rawValue: "brokenDecider")
    }

    public let code: Code
    /// One sentence for people.
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
