import Chat
import NIOCore
import ServiceKit

/// What a client says in one message: a JSON object with a `type`.
struct ClientFrame: Decodable {
    let message: ClientMessage

    private enum Kind: String, CaseIterable {
        case send, received, read, sync, typing, watch
    }

    fileprivate enum Field: String, CodingKey {
        case type, id, to, user, group, text, conversation, seq, after, limit, users
    }

    private static let name = "The frame"

    /// - Parameter frame: UTF-8.
    static func decode(_ frame: ByteBuffer) throws(FrameError) -> ClientMessage {
        let first = frame.readableBytesView.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        guard first == UInt8(ascii: "{") else { throw .notJSON("\(name) is not a JSON object.") }
        do {
            return try JSONBody.decode(ClientFrame.self, from: frame, called: name).message
        } catch let problem as Problem {
            guard !problem.detail.hasPrefix(name) else { throw .notJSON(problem.detail) }
            throw FrameError(field: problem.detail, of: frame)
        } catch {
            throw .notJSON("\(name) cannot be read.")
        }
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Field.self)
        guard let kind = Kind(rawValue: try fields.decode(String.self, forKey: .type)) else {
            throw fields.refusal(.type, "one of \(Kind.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        switch kind {
        case .send:
            message = .send(
                NewMessage(
                    id: try fields.decode(String.self, forKey: .id), to: try fields.recipient(),
                    text: try fields.decode(String.self, forKey: .text)))
        case .received: message = .received(try fields.conversation(), through: try fields.number(.seq))
        case .read: message = .read(try fields.conversation(), through: try fields.number(.seq))
        case .sync:
            message = .sync(
                try fields.conversation(), after: try fields.number(.after),
                limit: try fields.number(.limit, in: 1...MessagePage.maximumLimit))
        case .typing: message = .typing(try fields.recipient())
        case .watch:
            let names = try fields.decode([String].self, forKey: .users)
            message = .watch(
                try fields.validating(.users, "each ") { () throws(ChatError) in
                    try names.map { name throws(ChatError) in try UserName(validating: name) }
                })
        }
    }
}

extension KeyedDecodingContainer<ClientFrame.Field> {
    fileprivate func conversation() throws -> ConversationID {
        let text = try decode(String.self, forKey: .conversation)
        return try validating(.conversation) { () throws(ChatError) in try ConversationID(validating: text) }
    }

    fileprivate func recipient() throws -> Recipient {
        let to = try nestedContainer(keyedBy: ClientFrame.Field.self, forKey: .to)
        switch (try to.decodeIfPresent(String.self, forKey: .user), try to.decodeIfPresent(String.self, forKey: .group)) {
        case (let user?, nil): return .user(try to.validating(.user) { () throws(ChatError) in try UserName(validating: user) })
        case (nil, let group?):
            return .group(try to.validating(.group) { () throws(ChatError) in try GroupID(validating: group) })
        case (nil, nil): throw refusal(.to, "user or group is required.")
        case (.some, .some): throw refusal(.to, "either user or group, not both.")
        }
    }

    fileprivate func number(_ field: Key, in range: ClosedRange<Int> = 0...Int.max) throws -> Int {
        let number = try decode(Int.self, forKey: field)
        guard range.contains(number) else {
            throw refusal(
                field, "an integer from \(range.lowerBound)\(range.upperBound == .max ? "" : " to \(range.upperBound)").")
        }
        return number
    }

    fileprivate func validating<Value>(
        _ field: Key, _ prefix: String = "", _ body: () throws(ChatError) -> Value
    ) throws -> Value {
        do throws(ChatError) {
            return try body()
        } catch {
            throw refusal(field, prefix + error.requirement)
        }
    }

    fileprivate func refusal(_ field: Key, _ requirement: String) -> DecodingError {
        .dataCorruptedError(forKey: field, in: self, debugDescription: requirement)
    }
}
