import CQREncode

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A QR code: a square of dark and light modules that cameras read as text.
public struct QRCode: Sendable {
    /// How much of a code may be dirty or torn and still be read. More of it makes a larger code.
    public enum ErrorCorrection: CaseIterable, Sendable {
        /// About 7 percent.
        case low
        /// About 15 percent.
        case medium
        /// About 25 percent.
        case quartile
        /// About 30 percent.
        case high
    }

    /// What a reader gets.
    public let text: String
    /// Modules along each side: 21 for version 1, and 4 more for each version after it.
    public let width: Int
    /// Row by row, true where dark.
    private let modules: [Bool]

    /// Makes the smallest code that holds the text, as UTF-8.
    ///
    /// A code does not say which encoding it has: of a text beyond ASCII a few readers guess another.
    ///
    /// - Throws: ``QRCodeError``: an empty text, or one that no QR code holds (2,331 bytes at medium error correction).
    public init(text: String, errorCorrection: ErrorCorrection = .medium) throws(QRCodeError) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else { throw .empty }
        guard let length = CInt(exactly: bytes.count) else { throw .tooLong(byteCount: bytes.count) }
        // Version 0 lets the library choose. A C string would end at a NUL, which a text may hold.
        guard let code = QRcode_encodeData(length, bytes, 0, errorCorrection.level) else {
            throw errno == ENOMEM ? .outOfMemory : .tooLong(byteCount: bytes.count)
        }
        defer { QRcode_free(code) }
        self.text = text
        width = Int(code.pointee.width)
        // The lowest bit is the colour, the others say what a module is for.
        modules = UnsafeBufferPointer(start: code.pointee.data, count: width * width).map { $0 & 1 == 1 }
    }

    /// Whether the module is dark, counted from 0 at the upper left. What lies outside is light.
    public subscript(x: Int, y: Int) -> Bool {
        (0..<width).contains(x) && (0..<width).contains(y) && modules[y * width + x]
    }
}

extension QRCode.ErrorCorrection {
    fileprivate var level: QRecLevel {
        switch self {
        case .low: QR_ECLEVEL_L
        case .medium: QR_ECLEVEL_M
        case .quartile: QR_ECLEVEL_Q
        case .high: QR_ECLEVEL_H
        }
    }
}
