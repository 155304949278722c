/// Who wants to change or delete a link.
public enum Requester: Sendable, Hashable {
    case user(String)
    /// May do everything.
    case administration
    /// Has no identity, and so owns nothing.
    case anonymous

    /// Whether he may change and delete it.
    public func owns(_ link: LinkRecord) -> Bool {
        switch self {
        // Byte by byte: names that only look the same are different users.
        case .user(let name): link.owner.map { $0.utf8.elementsEqual(name.utf8) } ?? false
        case .administration: true
        case .anonymous: false
        }
    }
}
