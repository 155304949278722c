import Metrics

struct ChatMetrics: Sendable {
    private let appended = Counter(label: "chat_messages_appended_total")
    private let repeated = Counter(label: "chat_messages_repeated_total")
    /// How often Redis was found to have lost something of a conversation.
    private let epochs = Counter(label: "chat_epochs_begun_total")
    /// Crossings of the fan-out threshold, in either direction.
    private let modes = Counter(label: "chat_group_modes_changed_total")
    private let unreadable = Counter(label: "chat_records_unreadable_total")

    func noteAppended(isRepeat: Bool) { (isRepeat ? repeated : appended).increment() }
    func noteEpoch() { epochs.increment() }
    func noteMode() { modes.increment() }
    func noteUnreadable() { unreadable.increment() }
}
