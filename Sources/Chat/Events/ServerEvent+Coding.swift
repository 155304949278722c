/// An event is a line of words, `1`, number, kind and what belongs to it; behind the line a message's id and text.
extension ServerEvent {
    /// - Returns: nil when the bytes are no event.
    init?(decoding bytes: [UInt8]) {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        var line = EventLine(bytes[..<end])
        let body = bytes[(end + 1)...]
        guard line.next() == "1", let number = line.nextNumber(), let kind = line.next() else { return nil }
        let content: Content?
        switch kind {
        case "message": content = MessageEvent(&line, body).map { .message($0) }
        case "receipt": content = ReceiptEvent(&line).map { .receipt($0) }
        case "reset": content = ResetEvent(&line).map { .reset($0) }
        case "joined": content = Self.joining(&line)
        case "left": content = Self.membership(&line).map { .left($0, $1) }
        case "typing": content = TypingEvent(&line).map { .typing($0) }
        case "presence": content = PresenceEvent(&line).map { .presence($0) }
        case "beat": content = .beat
        default: content = nil
        }
        guard let content, line.isAtEnd, kind == "message" || body.isEmpty else { return nil }
        self.init(number: number, content)
    }

    /// As scripts write it.
    var encoded: [UInt8] {
        let (words, body) = content.encoded
        return Array((["1", "\(number)"] + words).joined(separator: " ").utf8) + [UInt8(ascii: "\n")] + body
    }

    private static func joining(_ line: inout EventLine) -> Content? {
        guard let (group, user) = membership(&line), let position = line.nextPosition() else { return nil }
        return .joined(group, user, position.seq > 0 ? position : nil)
    }

    private static func membership(_ line: inout EventLine) -> (GroupID, UserName)? {
        guard let group = line.nextConversation()?.group, let user = line.nextUser() else { return nil }
        return (group, user)
    }
}

extension ServerEvent.Content {
    fileprivate var encoded: (words: [String], body: [UInt8]) {
        switch self {
        case .message(let event):
            let words = [
                "message", event.conversation.text, event.audience.encoded, event.position.epoch.text, "\(event.seq)",
                "\(event.at)", event.isRepeat ? "1" : "0", event.origin ?? "-", event.from.encoded, "\(event.id.utf8.count)",
            ]
            return (words, Array(event.id.utf8) + Array(event.text.utf8))
        case .receipt(let event):
            let conversation = [event.conversation.text, event.audience.encoded, event.origin ?? "-"]
            return (["receipt"] + conversation + [event.user.encoded, "\(event.received)", "\(event.read)"], [])
        case .reset(let event):
            let conversation = [event.conversation.text, event.audience.encoded]
            return (["reset"] + conversation + [event.position.epoch.text, "\(event.position.seq)"], [])
        case .joined(let group, let user, let position):
            let words = ["joined", ConversationID.group(group).text, user.encoded]
            return (words + [position?.epoch.text ?? "-", "\(position?.seq ?? 0)"], [])
        case .left(let group, let user): return (["left", ConversationID.group(group).text, user.encoded], [])
        case .typing(let event):
            return (["typing", event.conversation.text, event.audience.encoded, event.from.encoded], [])
        case .presence(let event):
            return (["presence", event.user.encoded, event.isOnline ? "1" : "0", event.lastSeenAt.map { "\($0)" } ?? "-"], [])
        case .beat: return (["beat"], [])
        }
    }
}

extension MessageEvent {
    fileprivate init?(_ line: inout EventLine, _ body: ArraySlice<UInt8>) {
        guard let (conversation, audience) = line.nextPlace(), let position = line.nextPosition(), let at = line.nextNumber(),
            let isRepeat = line.nextFlag(), let origin = line.next(), let from = line.nextUser(),
            let length = line.nextNumber(), length <= body.count,
            let id = String(validating: body.prefix(length), as: UTF8.self),
            let text = String(validating: body.dropFirst(length), as: UTF8.self)
        else { return nil }
        self.init(
            conversation: conversation, audience: audience, position: position, at: at, isRepeat: isRepeat,
            origin: origin == "-" ? nil : origin, from: from, id: id, text: text)
    }
}

extension ReceiptEvent {
    fileprivate init?(_ line: inout EventLine) {
        guard let (conversation, audience) = line.nextPlace(), let origin = line.next(), let user = line.nextUser(),
            let received = line.nextNumber(), let read = line.nextNumber()
        else { return nil }
        self.init(
            conversation: conversation, audience: audience, origin: origin == "-" ? nil : origin, user: user, received: received,
            read: read)
    }
}

extension ResetEvent {
    fileprivate init?(_ line: inout EventLine) {
        guard let (conversation, audience) = line.nextPlace(), let position = line.nextPosition() else { return nil }
        self.init(conversation: conversation, audience: audience, position: position)
    }
}

extension TypingEvent {
    fileprivate init?(_ line: inout EventLine) {
        guard let (conversation, audience) = line.nextPlace(), let from = line.nextUser() else { return nil }
        self.init(conversation: conversation, audience: audience, from: from)
    }
}

extension PresenceEvent {
    fileprivate init?(_ line: inout EventLine) {
        guard let user = line.nextUser(), let isOnline = line.nextFlag(), let seen = line.next() else { return nil }
        guard seen == "-" || Int(seen) != nil else { return nil }
        self.init(user: user, isOnline: isOnline, lastSeenAt: Int(seen))
    }
}
