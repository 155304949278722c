/// Why there is no QR code.
public enum QRCodeError: Error, Equatable {
    case empty
    case tooLong(byteCount: Int)
    case outOfMemory
}

extension QRCodeError: CustomStringConvertible {
    /// One sentence for whoever asked.
    public var description: String {
        switch self {
        case .empty: "A QR code of nothing cannot be made."
        case .tooLong(let byteCount): "A QR code cannot hold \(byteCount) bytes."
        case .outOfMemory: "There is no memory for a QR code."
        }
    }
}
