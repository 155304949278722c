import NIOCore

/// A message that not every member has received yet.
final class MessageInFlight {
    /// When it was sent, or was to be.
    let due: NIODeadline
    let sender: Int
    /// The members from whom it has not been heard: it is to be received by all others, and confirmed to the sender.
    private(set) var missing: Int
    private var heard: [UInt64]

    init(due: NIODeadline, sender: Int, members: Int) {
        (self.due, self.sender, missing) = (due, sender, members)
        heard = Array(repeating: 0, count: (members + 63) / 64)
    }

    /// - Returns: whether it is the first time.
    func note(_ member: Int) -> Bool {
        let (index, bit) = (member / 64, UInt64(1) << UInt64(member % 64))
        guard heard[index] & bit == 0 else { return false }
        heard[index] |= bit
        missing -= 1
        return true
    }
}
