/// Why a command has no result, and whether the server may have executed it.
public struct RedisError: Error, Sendable {
    /// What went wrong.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Name: String {
            case invalidURL, unsupported, notConnected, circuitOpen, overloaded, timedOut, connectionLost, cancelled
            case errorReply, unexpectedReply, protocolViolation, transactionAborted, closed
        }
        private let name: Name
        private init(_ name: Name) { self.name = name }
        public var description: String { name.rawValue }

        /// The URL cannot be read.
        public static let invalidURL = Code(.invalidURL)
        /// The URL asks for something that this client does not do yet.
        public static let unsupported = Code(.unsupported)
        /// There was no connection before the deadline.
        public static let notConnected = Code(.notConnected)
        /// The node failed repeatedly, so commands are refused at once until it answers a probe.
        public static let circuitOpen = Code(.circuitOpen)
        /// Too many commands wait for this connection.
        public static let overloaded = Code(.overloaded)
        /// The reply did not come before the deadline.
        public static let timedOut = Code(.timedOut)
        /// The connection broke before the reply.
        public static let connectionLost = Code(.connectionLost)
        /// The calling task was cancelled.
        public static let cancelled = Code(.cancelled)
        /// The server answered with an error: see ``RedisError/reply``.
        public static let errorReply = Code(.errorReply)
        /// The reply does not have the form that was asked for.
        public static let unexpectedReply = Code(.unexpectedReply)
        /// What the server sent is not RESP2, or a reply is larger than allowed.
        public static let protocolViolation = Code(.protocolViolation)
        /// `EXEC` did not run the transaction: a command was refused while queued, or a watched key changed.
        public static let transactionAborted = Code(.transactionAborted)
        /// The client was closed.
        public static let closed = Code(.closed)
    }

    /// What is known of the command's fate.
    public enum Execution: Sendable, Hashable {
        /// It never left this process: sending it again is safe.
        case notSent
        /// It was written, and no reply came: the server may have executed it, or may still.
        case mayHaveBeenExecuted
        /// The server answered.
        case answered
    }

    // One reference, so that a `Result` of a command stays small on the hot path.
    private final class Storage: Sendable {
        let code: Code, execution: Execution, command: String, message: String
        let reply: RedisErrorReply?, cause: (any Error)?
        init(
            _ code: Code, _ execution: Execution, _ command: String, _ message: String, _ reply: RedisErrorReply?,
            _ cause: (any Error)?
        ) {
            (self.code, self.execution, self.command, self.message) = (code, execution, command, message)
            (self.reply, self.cause) = (reply, cause)
        }
    }
    private let storage: Storage

    public var code: Code { storage.code }
    public var execution: Execution { storage.execution }
    /// The command's name, such as `GET`; empty where no single command is concerned.
    public var command: String { storage.command }
    public var message: String { storage.message }
    /// The server's error, for ``Code/errorReply``.
    public var reply: RedisErrorReply? { storage.reply }
    /// What lies beneath, such as a socket's error.
    public var cause: (any Error)? { storage.cause }

    package init(_ code: Code, execution: Execution, command: String = "", message: String, cause: (any Error)? = nil) {
        storage = Storage(code, execution, command, message, nil, cause)
    }

    init(reply: RedisErrorReply, command: String) {
        storage = Storage(.errorReply, .answered, command, reply.text, reply, nil)
    }
}

extension RedisError: CustomStringConvertible {
    public var description: String {
        var text = command.isEmpty ? "Redis: \(message)" : "Redis \(command): \(message)"
        switch execution {
        case .notSent: text += " (not sent)"
        case .mayHaveBeenExecuted: text += " (may have been executed)"
        case .answered: break
        }
        if let cause { text += ": \(cause)" }
        return text
    }
}
