public import NIOCore

/// A request that is asked millions of times and does almost nothing: it is answered on its event loop, before the HTTP
/// codec, with bytes that are mostly written in advance.
///
/// It accepts only whole, plain `GET` and `HEAD` requests below its path; anything else on a connection, and all that
/// follows there, belongs to the router, which has the same route. See ``HotPathParser`` for what is plain.
public struct HotPath: Sendable {
    /// Answers now, by calling ``HotPathReply/send(_:)`` before it returns or later on the same event loop, exactly once.
    /// It returns false, and never sends, when the request is not as simple as it looked: then the router answers.
    public typealias Responder = (HotPathRequest, HotPathReply) -> Bool

    let prefix: [UInt8]
    let makeResponder: @Sendable (any EventLoop) -> Responder

    /// - Parameters:
    ///   - prefix: the path below which requests belong here, such as `/v1/check/`.
    ///   - makeResponder: called once for each event loop, on it.
    public init(prefix: String, makeResponder: @escaping @Sendable (any EventLoop) -> Responder) {
        self.prefix = Array(prefix.utf8)
        self.makeResponder = makeResponder
    }
}

/// A plain request. Its bytes are those of the connection's buffer: do not keep them beyond the call.
public struct HotPathRequest {
    public let isHead: Bool
    /// The path behind the prefix, still percent-encoded.
    public let path: UnsafeRawBufferPointer
    /// What stands behind `?`; nil without one.
    public let query: UnsafeRawBufferPointer?
    public let fields: HotPathFields
    /// Where the connection comes from; nil when it has no address.
    public internal(set) var peer: IPAddress?
}

/// Where the answer to one request goes. Answers leave in the order of their requests.
public struct HotPathReply {
    let handler: HotPathHandler
    let number: Int

    /// Writes the whole response, head and body, to the buffer.
    public func send(_ write: (inout ByteBuffer) -> Void) {
        handler.send(number, write)
    }
}
