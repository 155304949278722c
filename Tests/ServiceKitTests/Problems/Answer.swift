import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

@testable import ServiceKit

/// What a router answers.
struct Answer {
    let status: Int
    let headers: HTTPFields
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }

    init(_ router: Router<ServiceRequestContext>, _ request: Request) async throws {
        let response = try await router.buildResponder().respond(to: request, context: try context(from: "127.0.0.1"))
        (status, headers) = (response.status.code, response.headers)
        let collected = Collected()
        try await response.body.write(Collector(collected: collected))
        bytes = Array(collected.buffer.readableBytesView)
    }

    private final class Collected {
        var buffer = ByteBuffer()
    }

    private struct Collector: ResponseBodyWriter {
        let collected: Collected

        mutating func write(_ buffer: ByteBuffer) {
            collected.buffer.writeImmutableBuffer(buffer)
        }

        consuming func finish(_ trailingHeaders: HTTPFields?) {}
    }
}
