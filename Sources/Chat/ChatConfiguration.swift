/// What instances of one chat have in common. They may differ in it while it is changed.
public struct ChatConfiguration: Sendable {
    /// A day's messages can be read for so many days after it: 1 to 36,500.
    public var retentionDays = 30
    /// In a group of more members than so many a message is not noted with each of them; they look into its log.
    public var fanoutThreshold = 1_000
    /// In smaller groups messages that follow each other within so long are noted together: who looks for what was noted since a moment
    /// looks back much further. 0: each by itself; at most 5 seconds.
    public var noteInterval: Duration = .seconds(1)
    /// The longest text, in bytes of UTF-8.
    public var maximumMessageBytes = 16_384
    public var maximumGroupMembers = 100_000
    /// Members of larger groups are not told at once who has received and read what.
    public var maximumReceiptMembers = 100
    /// Users of a server that is gone are offline within this time.
    public var presenceLease: Duration = .seconds(10)
    /// How long Redis may take for each step.
    public var redisDeadline: Duration = .milliseconds(500)

    public init() {}

    /// Of what takes many commands.
    var longDeadline: Duration { max(redisDeadline, .seconds(5)) }
    /// A group goes back to being noted with each member only when it is clearly smaller than ``fanoutThreshold``.
    var fanoutFloor: Int { fanoutThreshold - fanoutThreshold / 10 }

    func mode(members: Int, now mode: GroupMode) -> GroupMode {
        switch mode {
        case .write: members > fanoutThreshold ? .read : .write
        case .read: members < fanoutFloor ? .write : .read
        }
    }
}
