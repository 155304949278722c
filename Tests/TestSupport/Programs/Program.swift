/// An executable that tests run as a process.
public struct Program: Sendable {
    /// Of an executable that lies beside the tests in the build folder; or a path.
    let name: String

    public static let rateLimiter = Program(name: "rate-limiter")
    public static let urlShortener = Program(name: "url-shortener")
    public static let newsFeed = Program(name: "news-feed")
    public static let chat = Program(name: "chat")
    public static let rideHailing = Program(name: "ride-hailing")

    /// A program of the system.
    public static func at(_ path: String) -> Program { Program(name: path) }
}
