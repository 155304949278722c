@testable import Redis

/// What came out of a stream of bytes.
struct Reading: Equatable {
    var replies: [RedisValue] = []
    var isBroken = false
}

/// A reader that can be fed with arrays.
final class StreamReader {
    private let reader: ReplyReader

    init(maximumReplySize: Int = ReplyReader.defaultMaximumReplySize) {
        reader = ReplyReader(maximumReplySize: maximumReplySize)
    }

    /// - Returns: false when the stream is broken.
    func feed(_ bytes: ArraySlice<UInt8>, onReply: (RedisValue) -> Void = { _ in }) -> Bool {
        bytes.withUnsafeBytes { bytes in
            do throws(ProtocolViolation) {
                try reader.read(bytes, onReply: onReply)
                return true
            } catch {
                return false
            }
        }
    }

    func feed(_ text: String) -> Bool { feed(Array(text.utf8)[...]) }
}

/// Reads a stream that arrives in pieces, cut where `cuts` says (ascending).
func read(_ stream: [UInt8], cuts: [Int] = []) -> Reading {
    let reader = StreamReader()
    var reading = Reading()
    var begin = 0
    for end in cuts + [stream.count] where !reading.isBroken {
        reading.isBroken = !reader.feed(stream[begin..<end]) { reading.replies.append($0) }
        begin = end
    }
    return reading
}
