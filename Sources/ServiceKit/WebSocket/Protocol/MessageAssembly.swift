import NIOCore

/// Makes messages of a client's frames. It holds the fragments of one message at most.
struct MessageAssembly {
    enum Event: Equatable {
        case text(ByteBuffer)
        case binary(ByteBuffer)
        case ping(ByteBuffer)
        case pong
        case close(CloseFrame)
    }

    /// What has come of a message whose end is still to come; nil between messages.
    private var begun: ByteBuffer?
    private var isText = false

    /// Takes frames off the bytes until there is something to tell.
    /// - Parameters:
    ///   - space: messages in one frame are put there, so that each does not want memory of its own.
    /// - Returns: nil when bytes are missing.
    mutating func next(
        from bytes: inout ByteBuffer, _ configuration: WebSocketConfiguration, space: inout ByteBuffer
    ) throws(WebSocketViolation) -> Event? {
        while let frame = try Frame.peek(bytes) {
            try check(frame, configuration)
            guard bytes.readableBytes >= frame.headLength, bytes.readableBytes - frame.headLength >= frame.length else {
                return nil
            }
            bytes.moveReaderIndex(forwardBy: frame.headLength)
            let start = bytes.readerIndex
            let masked = bytes.readableBytesView[start..<(start + frame.length)]
            bytes.moveReaderIndex(forwardBy: frame.length)
            if let event = try take(masked, of: frame, space: &space) { return event }
        }
        return nil
    }

    /// Refuses what need not be waited for.
    private func check(_ frame: Frame, _ configuration: WebSocketConfiguration) throws(WebSocketViolation) {
        guard !frame.opcode.isControl else { return }
        guard (frame.opcode == .continuation) == (begun != nil) else {
            throw .protocolError(begun == nil ? "A continuation of nothing." : "A message within another's fragments.")
        }
        guard frame.opcode != .binary || configuration.acceptsBinary else {
            throw WebSocketViolation(code: .unacceptable, reason: "Text only.")
        }
        guard frame.length <= configuration.maximumMessageBytes - (begun?.readableBytes ?? 0) else {
            throw WebSocketViolation(
                code: .tooLarge, reason: "A message is larger than \(configuration.maximumMessageBytes) bytes.")
        }
    }

    private mutating func take(
        _ masked: ByteBufferView, of frame: Frame, space: inout ByteBuffer
    ) throws(WebSocketViolation) -> Event? {
        if frame.opcode.isControl || (frame.isFinal && begun == nil) {
            space.clear()
            space.writeUnmasked(masked, mask: frame.mask)
            switch frame.opcode {
            case .ping: return .ping(space)
            case .pong: return .pong
            case .close: return .close(try CloseFrame(space))
            case .text, .binary, .continuation: return try message(space, isText: frame.opcode == .text)
            }
        }
        if begun == nil { isText = frame.opcode == .text }
        // Taken out, so that it is written to in place.
        var whole = begun ?? ByteBuffer()
        begun = nil
        whole.writeUnmasked(masked, mask: frame.mask)
        if frame.isFinal { return try message(whole, isText: isText) }
        begun = whole
        return nil
    }

    private func message(_ payload: ByteBuffer, isText: Bool) throws(WebSocketViolation) -> Event {
        guard isText else { return .binary(payload) }
        guard payload.withUnsafeReadableBytes(\.isValidUTF8) else {
            throw WebSocketViolation(code: .invalidData, reason: "Text that is not UTF-8.")
        }
        return .text(payload)
    }
}
