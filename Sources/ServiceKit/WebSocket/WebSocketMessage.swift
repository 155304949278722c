public import NIOCore

/// A message in its frame, made once: it can be sent to any number of connections without being encoded or copied again.
public struct WebSocketMessage: Sendable {
    let frame: ByteBuffer

    public init(_ text: String) {
        frame = Frame.encode(.text, length: text.utf8.count) { $0.writeString(text) }
    }

    /// - Parameter text: UTF-8.
    public init(text: ByteBuffer) {
        frame = Frame.encode(.text, text)
    }

    public init(binary: ByteBuffer) {
        frame = Frame.encode(.binary, binary)
    }
}
