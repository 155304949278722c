@testable import ServiceKit

/// What the parser says of bytes, in values that can be compared.
enum Verdict: Equatable {
    case incomplete
    case request(isHead: Bool, path: String, query: String?, length: Int)
    case other

    /// - Parameter behind: what lies in memory behind the bytes, and must never be looked at.
    init(_ bytes: some Collection<UInt8>, prefix: String = "/hot/", behind: [UInt8] = []) {
        let parser = HotPathParser(prefix: Array(prefix.utf8))
        self = (Array(bytes) + behind).withUnsafeBytes { memory in
            switch parser.parse(UnsafeRawBufferPointer(rebasing: memory[..<bytes.count])) {
            case .incomplete: .incomplete
            case .other: .other
            case .request(let request, let length):
                .request(
                    isHead: request.isHead, path: String(decoding: request.path, as: UTF8.self),
                    query: request.query.map { String(decoding: $0, as: UTF8.self) }, length: length)
            }
        }
    }

    init(_ text: String, prefix: String = "/hot/") {
        self.init(Array(text.utf8), prefix: prefix)
    }
}
