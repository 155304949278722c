/// How posts reach those who follow their author.
public enum FanOutStrategy: String, Sendable, CaseIterable {
    /// Into the timeline of each follower, when it is posted.
    case push
    /// From the author's own list, when a feed is read.
    case pull
    /// Push, unless the author has many followers.
    case hybrid
}

/// What instances of one news feed have in common. They may differ in it while it is changed.
public struct NewsFeedConfiguration: Sendable {
    public var strategy = FanOutStrategy.hybrid
    /// With ``FanOutStrategy/hybrid``: posts of whoever has so many followers or more are not pushed.
    public var celebrityThreshold = 10_000
    /// So many entries a timeline keeps; beyond it a feed goes on from the authors' own lists.
    public var timelineLength = 800
    /// A timeline that is not read for so long goes, and is built when its user comes back.
    public var timelineLifetime: Duration = .seconds(7 * 86_400)
    /// So many a user may follow.
    public var maximumFollowed = 10_000
    /// Whether ``NewsFeed/run()`` also brings posts to readers.
    public var runsWorker = true
    /// So many posts a worker brings to readers at once.
    public var workerLanes = 4
    /// A job that a worker has not spoken of for so long is taken over by another.
    public var claimAfter: Duration = .seconds(15)
    /// A post that fails for its own sake so often becomes a dead letter.
    public var maximumTries = 5
    /// How long Redis may take for each step.
    public var redisDeadline: Duration = .milliseconds(500)
    /// Whether an author's posts are pushed to one of the followers; nil: ``strategy`` decides for all of them alike. For
    /// comparisons: its answer for a pair must never change, since nobody notes to whom a post was not pushed.
    package var pushes: (@Sendable (_ author: String, _ follower: String) -> Bool)?

    public init() {}

    /// Shortened once in a while only: a tenth more is allowed.
    var longestTimeline: Int { timelineLength + timelineLength / 10 }
    var timelineLifetimeMilliseconds: Int { Int(timelineLifetime / .milliseconds(1)) }
    /// Of what takes many commands.
    var longDeadline: Duration { max(redisDeadline, .seconds(5)) }

    func mode(followers: Int) -> FanOutMode {
        if pushes != nil { return .push }
        return switch strategy {
        case .push: .push
        case .pull: .pull
        case .hybrid: followers < celebrityThreshold ? .push : .pull
        }
    }

    /// Whether some readers have to fetch the posts of an author from his own list.
    func marks(followers: Int) -> Bool { pushes != nil || mode(followers: followers) == .pull }
}

/// How one post reaches readers.
enum FanOutMode: String, Sendable {
    case push, pull
}
