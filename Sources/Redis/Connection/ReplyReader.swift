import CHiredis

/// Turns a stream of bytes into replies, however the stream is cut.
///
/// The parser is hiredis'. It never reads past what it was given, keeps no more than `maximumReplySize` bytes of an
/// unfinished reply, and refuses nesting deeper than ``maximumDepth``.
struct ReplyReader: ~Copyable {
    static let maximumDepth = Int(CHiredisMaximumDepth)
    static let defaultMaximumReplySize = 64 << 20
    private static let maximumElements = 4 << 20
    private static let slice = 8 << 10

    private let reader: OpaquePointer

    init(maximumReplySize: Int = defaultMaximumReplySize) {
        // hiredis 0.14 counts in `int` in places.
        let size = min(max(maximumReplySize, 0), 1 << 30)
        guard let reader = chiredis_reader_create(size, Self.maximumElements) else {
            preconditionFailure("no memory for a reply reader")
        }
        self.reader = reader
    }

    deinit {
        chiredis_reader_destroy(reader)
    }

    /// Reads on, and hands over each reply that is whole now.
    /// - Throws: ``ProtocolViolation`` once the stream is broken; from then on always.
    func read(_ bytes: UnsafeRawBufferPointer, onReply: (RedisValue) -> Void) throws(ProtocolViolation) {
        var rest = bytes[...]
        repeat {
            let part = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.slice))
            rest = rest.dropFirst(Self.slice)
            guard chiredis_reader_feed(reader, part.baseAddress, part.count) == 0 else { throw violation() }
            var found = chiredis_reader_next(reader)
            while found == 1 {
                onReply(reply())
                found = chiredis_reader_next(reader)
            }
            guard found == 0 else { throw violation() }
        } while !rest.isEmpty
    }

    private func violation() -> ProtocolViolation {
        ProtocolViolation(reason: String(cString: chiredis_reader_error(reader)))
    }

    private func reply() -> RedisValue {
        var nodes = UnsafeBufferPointer(start: chiredis_reader_nodes(reader), count: chiredis_reader_node_count(reader))[...]
        return value(from: &nodes)
    }

    /// Recursion ends: the reader has refused what is nested too deeply.
    private func value(from nodes: inout Slice<UnsafeBufferPointer<CHiredisNode>>) -> RedisValue {
        let node = nodes.removeFirst()
        switch node.kind {
        case CHiredisKindInteger: return .integer(Int(node.number))
        case CHiredisKindString: return .bytes([UInt8](bytes(of: node)))
        case CHiredisKindStatus: return .status(String(decoding: bytes(of: node), as: UTF8.self))
        case CHiredisKindError: return .error(RedisErrorReply(String(decoding: bytes(of: node), as: UTF8.self)))
        case CHiredisKindArray:
            var elements: [RedisValue] = []
            elements.reserveCapacity(Int(node.number))
            for _ in 0..<node.number { elements.append(value(from: &nodes)) }
            return .array(elements)
        default: return .null
        }
    }

    private func bytes(of node: CHiredisNode) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: chiredis_reader_bytes(reader).map { $0 + node.offset }, count: node.length)
    }
}

/// What the server sent is not RESP2, or more than one reply may hold.
struct ProtocolViolation: Error, CustomStringConvertible {
    let reason: String
    var description: String { reason }
}
