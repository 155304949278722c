import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import NIOEmbedded

@testable import ServiceKit

/// A request with these header fields, each under its name as often as it stands here.
func request(
    _ method: HTTPRequest.Method = .get, _ path: String = "/", authority: String? = nil, fields: [(String, String)] = [],
    body: String = ""
) -> Request {
    var head = HTTPRequest(method: method, scheme: nil, authority: authority, path: path)
    for (name, value) in fields {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no name of a header field") }
        head.headerFields.append(HTTPField(name: name, value: value))
    }
    return Request(head: head, body: RequestBody(buffer: ByteBuffer(string: body)))
}

/// What a route knows of a request that came from this address.
func context(from address: String? = nil) throws -> ServiceRequestContext {
    let channel = EmbeddedChannel()
    if let address { channel.connect(to: try SocketAddress(ipAddress: address, port: 50_000), promise: nil) }
    let logLevel = try configuration(options(logLevel: "critical")).redis.logLevel
    return ServiceRequestContext(
        source: ApplicationRequestContextSource(channel: channel, logger: .standardError("test", level: logLevel)))
}
