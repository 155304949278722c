import TestSupport
import Testing

@testable import ServiceKit

@Suite("WebSocket: text is UTF-8")
struct UTF8ValidationTests {
    private func agree(_ bytes: [UInt8], _ comment: String = "") {
        let isValid = bytes.withUnsafeBytes { $0.isValidUTF8 }
        #expect(isValid == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes) \(comment)")
    }

    @Test("Every pair of bytes, and every beginning of three and four, is judged as the standard library does")
    func exhaustive() {
        for first in UInt8.min ... .max {
            agree([first])
            for second in UInt8.min ... .max { agree([first, second]) }
        }
        for first in 0xE0...0xF7 as ClosedRange<UInt8> {
            for second in stride(from: UInt8(0x70), through: 0xCF, by: 1) {
                for third in [0x00, 0x7F, 0x80, 0xBF, 0xC0, 0xFF] as [UInt8] {
                    agree([first, second, third])
                    for fourth in [0x7F, 0x80, 0xBF, 0xC0] as [UInt8] { agree([first, second, third, fourth]) }
                }
            }
        }
    }

    @Test("Text with a byte changed, cut off or put in is judged as the standard library does")
    func mutations() {
        var random = SeededGenerator()
        let pieces = ["plain ascii, some of it", "ü", "€", "👋🏽", "\u{7FF}", "\u{800}", "\u{FFFF}", "\u{10FFFF}", "\0", "日本語"]
        for _ in 0..<20_000 {
            var bytes = (0..<Int.random(in: 0...6, using: &random)).flatMap { _ in Array(random.pick(pieces).utf8) }
            agree(bytes, "\(random)")
            guard let index = bytes.indices.randomElement(using: &random) else { continue }
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[index] = .random(in: 0...255, using: &random)
            case 1: bytes.removeLast(bytes.count - index)
            default: bytes.insert(.random(in: 0x80...0xFF, using: &random), at: index)
            }
            agree(bytes, "\(random)")
        }
    }
}
