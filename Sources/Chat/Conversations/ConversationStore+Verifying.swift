import Logging
import Redis

extension ConversationStore {
    /// Notes an event that came on this server's channel.
    /// - Returns: false when it cannot follow what was heard before: ``verify(_:)`` finds out what was lost.
    func heard(_ event: MessageEvent) -> Bool {
        var isInOrder = true
        floors.update(event.conversation) { floor in
            let (next, inOrder) = Floor.hear(floor, event)
            isInOrder = inOrder
            return next
        }
        return isInOrder
    }

    /// Compares what this server has seen of conversations with what is stored, and begins a new epoch where something of it is gone.
    func verify(_ conversations: [ConversationID]) async throws(ChatError) {
        let known = conversations.compactMap { conversation in floors[conversation].map { (conversation, $0) } }
        guard !known.isEmpty else { return }
        let today = LogDay(of: try await now())
        let replies = await repliesAsTheyAre(
            to: known.map { conversation, floor in
                ChatScripts.verifyFloor.call(
                    keys: [
                        ChatKeys.state(of: conversation), ChatKeys.cursors(of: conversation),
                        ChatKeys.log(of: conversation, day: LogDay(of: floor.at ?? today.start).text),
                        ChatKeys.log(of: conversation, day: today.text),
                    ] + routing(of: conversation, floor.audience), conversation.text, floor.audience.encoded, floor.seq,
                    floor.at ?? -1, floor.epoch.text, Epoch.id(), isIdempotent: true)
            })
        for ((conversation, floor), reply) in zip(known, replies) {
            // What cannot be read has nothing to be compared with.
            guard let reply = try readable(reply), reply != .null else { continue }
            let values: [RedisValue] = try decode(reply)
            guard values.count == 3 else { throw .unreadableRecord }
            let (epoch, seq): (String, Int) = (try decode(values[0]), try decode(values[1]))
            settle(conversation, floor, at: ConversationPosition(epoch: Epoch(epoch), seq: seq))
            guard values[2] == .integer(1) else { continue }
            metrics.noteEpoch()
            logger.warning(
                "Redis has lost messages that were seen: a new epoch", metadata: ["conversation": "\(conversation.text)"])
        }
    }

    /// ``verify(_:)`` of all that this server remembers: after Redis was away.
    func verifyAll() async throws(ChatError) {
        try await verify(Array(floors.all.keys))
    }

    /// From now on what is stored counts, unless more was seen meanwhile.
    private func settle(_ conversation: ConversationID, _ floor: Floor, at position: ConversationPosition) {
        floors.update(conversation) { known in
            guard var known, known.epoch == floor.epoch, position.epoch != known.epoch, known.seq <= position.seq else {
                return known
            }
            (known.seq, known.at, known.epoch) = (position.seq, nil, position.epoch)
            return known
        }
    }
}
