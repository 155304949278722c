import DequeModule
import NIOCore

/// The replies that a connection owes, in the order of their requests. A reply that is ready early waits for those before it.
struct OwedReplies {
    private enum Reply {
        case waiting
        case ready(ByteBuffer)
    }
    private var replies: Deque<Reply> = []
    private var firstNumber = 0

    var count: Int { replies.count }
    var isEmpty: Bool { replies.isEmpty }

    /// - Returns: the number under which the reply is expected.
    mutating func expect() -> Int {
        replies.append(.waiting)
        return firstNumber + replies.count - 1
    }

    /// Takes back what was expected last.
    mutating func withdrawLast() {
        replies.removeLast()
    }

    /// Writes a reply to `outgoing` when it is its turn, with those behind it that were ready, and keeps it otherwise.
    mutating func fulfil(_ number: Int, into outgoing: inout ByteBuffer, _ write: (inout ByteBuffer) -> Void) {
        let index = number - firstNumber
        guard replies.indices.contains(index), case .waiting = replies[index] else { return }
        guard index == 0 else {
            var early = ByteBuffer()
            write(&early)
            replies[index] = .ready(early)
            return
        }
        write(&outgoing)
        removeFirst()
        while case .ready(let next)? = replies.first {
            outgoing.writeImmutableBuffer(next)
            removeFirst()
        }
    }

    private mutating func removeFirst() {
        replies.removeFirst()
        firstNumber += 1
    }
}
