import NIOCore
import Synchronization

/// A post that followers can see now.
public struct Announcement: Sendable, Hashable {
    public let id: String
    public let author: String
    /// Into so many timelines it was brought last, without those of followers who have not read for long; nil: into none, it is
    /// read from the author's own list.
    public let timelines: Int?

    init(_ job: FanOutJob, timelines: Int?) {
        (id, author, self.timelines) = (job.post.text, job.author.text, timelines)
    }

    /// nil: something else was published.
    init?(text: String) {
        // By bytes: a name may begin with what joins the space before it to one character.
        let parts = text.utf8.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard parts.count == 3, PostID(parts[0]) != nil, !parts[2].isEmpty else { return nil }
        (id, timelines, author) = (parts[0], Int(parts[1]), parts[2])
    }

    /// As it is published.
    var text: String { "\(id) \(timelines.map(String.init) ?? "-") \(author)" }
}

/// Hands what is announced to all who listen in this process.
final class Announcer: Sendable {
    private struct State {
        var listeners: [Int: AsyncStream<Announcement>.Continuation] = [:]
        var next = 0
        var heardAt: NIODeadline?
    }
    private let state = Mutex(State())

    /// - Parameter buffered: a slow listener loses the oldest.
    func listen(buffered: Int) -> AsyncStream<Announcement> {
        let (stream, continuation) = AsyncStream.makeStream(of: Announcement.self, bufferingPolicy: .bufferingNewest(buffered))
        let number = state.withLock { state in
            state.next += 1
            state.listeners[state.next] = continuation
            return state.next
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.listeners.removeValue(forKey: number) }
        }
        return stream
    }

    func heard(at now: NIODeadline) { state.withLock { $0.heardAt = now } }

    /// Whether anything was heard within the last three seconds: every instance speaks once a second.
    func isFresh(now: NIODeadline) -> Bool {
        state.withLock { $0.heardAt.map { $0 + .seconds(3) > now } ?? false }
    }

    func announce(_ announcement: Announcement) {
        for listener in state.withLock({ Array($0.listeners.values) }) { listener.yield(announcement) }
    }
}
