import NIOCore

/// What a close frame says (RFC 6455, section 5.5.1).
struct CloseFrame: Equatable {
    /// nil when it says nothing.
    let code: WebSocketCloseCode?
    let reason: String

    init(_ code: WebSocketCloseCode?, reason: String = "") {
        (self.code, self.reason) = (code, reason)
    }

    /// - Parameter payload: of a client's close frame.
    init(_ payload: ByteBuffer) throws(WebSocketViolation) {
        var payload = payload
        guard payload.readableBytes > 0 else {
            self.init(nil)
            return
        }
        guard let code = payload.readInteger(as: UInt16.self).map(WebSocketCloseCode.init(rawValue:)), code.isSendable else {
            throw .protocolError("A close code that none may send.")
        }
        guard let reason = String(validating: payload.readableBytesView, as: UTF8.self) else {
            throw WebSocketViolation(code: .invalidData, reason: "A reason that is not UTF-8.")
        }
        self.init(code, reason: reason)
    }

    /// The frame for it; a reason that is too long is cut between two characters.
    var frame: ByteBuffer {
        guard let code else { return Frame.encode(.close, ByteBuffer()) }
        var reason = reason
        while reason.utf8.count > Frame.maximumControlLength - 2 { reason.removeLast() }
        return Frame.encode(.close, length: 2 + reason.utf8.count) {
            $0.writeInteger(code.rawValue)
            $0.writeString(reason)
        }
    }
}
