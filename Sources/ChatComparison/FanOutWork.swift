/// What is done with each strategy.
public struct FanOutWork: Sendable, Hashable {
    /// Of the group; at least 2.
    public var members: Int
    /// That are measured.
    public var messages: Int
    /// So many members are connected, spread over the servers.
    public var online: Int
    /// Of each message's text.
    public var textBytes = 100
    /// How often each member comes back for each message that is sent to the group, by which costs are weighed.
    public var returnsPerMessage = 0.1
    /// So many times a member who is away comes back with messages missed, and as often with none.
    public var returns = 500

    public static let servers = 2

    /// Messages before those that are measured: what is met for the first time costs more.
    static let rehearsal = 3
    /// Messages to one group before the other group has its turn, so that what else the machine does is spread over both.
    static let turn = 10

    /// All members are connected.
    public init(members: Int, messages: Int) {
        (self.members, self.messages, online) = (members, messages, members)
    }

    var operations: Int { Self.rehearsal + messages + returning.count + returns }

    /// Who comes back: each at most once with messages missed. The first, who sends them, has missed none.
    var returning: Range<Int> { 1..<min(members, returns + 1) }
}
