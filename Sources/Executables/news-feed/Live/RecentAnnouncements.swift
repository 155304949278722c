import NewsFeed

/// What was announced and nobody was told of yet: the latest of it, when there is too much.
struct RecentAnnouncements {
    private var announcements: [Announcement] = []
    private static let limit = 1024

    mutating func append(_ announcement: Announcement) {
        // By halves: each costs little so.
        if announcements.count == Self.limit { announcements.removeFirst(Self.limit / 2) }
        announcements.append(announcement)
    }

    mutating func take() -> [Announcement] {
        defer { announcements = [] }
        return announcements
    }
}
