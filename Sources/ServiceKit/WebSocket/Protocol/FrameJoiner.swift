import NIOCore

/// Puts small frames that are written together into one buffer: to copy one costs less than one more buffer costs all the way down to
/// the socket.
struct FrameJoiner {
    /// What follows on what was handed out.
    private var last = ByteBuffer()
    /// Whether ``last`` belongs to this batch alone.
    private var isJoined = false

    /// What is joined, in bytes. A single frame may be more.
    private static let limit = 16 << 10
    private static let capacity = 1 << 10

    /// - Returns: what is to be written before this frame; nil: nothing yet.
    mutating func add(_ frame: ByteBuffer) -> ByteBuffer? {
        let bytes = last.readableBytes + frame.readableBytes
        guard last.readableBytes > 0, bytes <= Self.limit else {
            defer { (last, isJoined) = (frame, false) }
            return last.readableBytes > 0 ? last : nil
        }
        if !isJoined {
            var joined = ByteBufferAllocator().buffer(capacity: max(Self.capacity, 2 * bytes))
            joined.writeImmutableBuffer(last)
            (last, isJoined) = (joined, true)
        }
        last.writeImmutableBuffer(frame)
        return nil
    }

    /// What is to be written at the end.
    var rest: ByteBuffer { last }
}
