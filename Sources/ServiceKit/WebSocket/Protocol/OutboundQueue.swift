import DequeModule
import NIOCore

/// What a client has not taken yet. It is bounded; an empty one holds no memory.
///
/// Frames go to the socket in batches, the next one when the socket has taken the one before. So what waits is known exactly.
struct OutboundQueue {
    private var waiting: Deque<ByteBuffer> = []
    /// Only the last ping wants an answer (RFC 6455, section 5.5.3): a flood of them costs one.
    private var pong: ByteBuffer?
    private var isPingDue = false
    private var written: (bytes: Int, messages: Int) = (0, 0)
    private(set) var isWriting = false
    /// The last frame is in the queue, or through it.
    private(set) var isEnded = false
    /// Of messages, with those that are being written.
    private(set) var bytes = 0
    private var wasHalfFull = false

    /// What is given to the socket at once, unless a single frame is more.
    static let batchBytes = 64 << 10

    var messages: Int { waiting.count + written.messages }
    var isEmpty: Bool { waiting.isEmpty && pong == nil && !isPingDue && !isWriting }
    /// Whether a batch can be begun.
    var isReady: Bool { !isWriting && !isEmpty }
    /// Bytes that wait for a batch.
    var waitingBytes: Int { bytes - written.bytes }

    func isHalfFull(_ configuration: WebSocketConfiguration) -> Bool {
        bytes > configuration.maximumQueuedBytes / 2 || messages > configuration.maximumQueuedMessages / 2
    }

    /// - Returns: false when there is no room for it. A single message has room in an empty queue, whatever its size.
    mutating func append(_ frame: ByteBuffer, _ configuration: WebSocketConfiguration) -> Bool {
        guard !isEnded else { return true }
        let size = frame.readableBytes
        guard messages < configuration.maximumQueuedMessages, bytes == 0 || bytes + size <= configuration.maximumQueuedBytes
        else {
            return false
        }
        waiting.append(frame)
        bytes += size
        if isHalfFull(configuration) { wasHalfFull = true }
        return true
    }

    mutating func appendPing() {
        if !isEnded { isPingDue = true }
    }

    mutating func answerPing(_ payload: ByteBuffer) {
        if !isEnded { pong = Frame.encode(.pong, payload) }
    }

    /// Appends the last frame, for which there is always room.
    /// - Parameter dropping: what waits is not sent any more.
    mutating func end(with frame: ByteBuffer, dropping: Bool) {
        guard !isEnded else { return }
        isEnded = true
        (pong, isPingDue) = (nil, false)
        if dropping {
            waiting = []
            bytes = written.bytes
        }
        waiting.append(frame)
        bytes += frame.readableBytes
    }

    /// Takes what is to be written next.
    mutating func beginBatch(_ write: (ByteBuffer) -> Void) {
        isWriting = true
        if let pong { write(pong) }
        if isPingDue { write(Frame.ping) }
        (pong, isPingDue) = (nil, false)
        while let frame = waiting.first, written.messages == 0 || written.bytes + frame.readableBytes <= Self.batchBytes {
            write(frame)
            waiting.removeFirst()
            written.bytes += frame.readableBytes
            written.messages += 1
        }
    }

    /// The socket has taken the batch.
    mutating func batchWritten() {
        isWriting = false
        bytes -= written.bytes
        written = (0, 0)
        if waiting.isEmpty { waiting = [] }
    }

    /// Whether the queue is empty for the first time after it had been half full.
    mutating func takeDrained() -> Bool {
        guard wasHalfFull, bytes == 0, !isEnded else { return false }
        wasHalfFull = false
        return true
    }
}
