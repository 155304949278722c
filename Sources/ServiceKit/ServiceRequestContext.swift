public import HTTPTypes
public import Hummingbird
public import NIOCore

/// What a route knows of its request.
public struct ServiceRequestContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// The peer's address on this connection.
    public let remoteAddress: SocketAddress?
    /// This machine's address on this connection.
    public let localAddress: SocketAddress?
    let channel: any Channel

    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
        remoteAddress = source.channel.remoteAddress
        localAddress = source.channel.localAddress
    }
}

extension RequestContext {
    /// A parameter of the route's path, decoded: `%2F` is a slash.
    /// - Throws: ``Problem``: 404 when it cannot be decoded.
    public func percentDecodedParameter(_ name: String) throws -> String {
        guard let value = percentDecoded(try parameters.require(name)) else { throw Problem.nothingHere }
        return value
    }
}

extension Response {
    /// A JSON body that is text already.
    public static func json(_ text: String, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
