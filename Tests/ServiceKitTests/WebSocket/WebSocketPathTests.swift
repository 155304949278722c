import Testing

@testable import ServiceKit

@Suite("WebSocket: paths and queries")
struct WebSocketPathTests {
    @Test(
        "A path matches as a whole, and its parameters are decoded",
        arguments: [
            ("/v1/ws", "/v1/ws", [:]), ("/v1/ws", "/v1/w%73", [:]), ("/v1/ws", "/v1/ws/", nil), ("/v1/ws", "/v1", nil),
            ("/v1/ws", "//v1/ws", nil), ("/v1/ws", "/V1/ws", nil), ("/v1/ws", "", nil),
            ("/v1/rides/{id}/ws", "/v1/rides/r1/ws", ["id": "r1"]),
            ("/v1/rides/{id}/ws", "/v1/rides/a%2Fb%20%C3%BC/ws", ["id": "a/b ü"]),
            ("/v1/rides/{id}/ws", "/v1/rides//ws", nil), ("/v1/rides/{id}/ws", "/v1/rides/%zz/ws", nil),
            ("/v1/rides/{id}/ws", "/v1/rides/%FF/ws", nil), ("/v1/rides/{id}/ws", "/v1/rides/a/b/ws", nil),
            ("/{a}/{b}", "/x/y", ["a": "x", "b": "y"]),
        ] as [(String, String, [String: String]?)])
    func match(pattern: String, path: String, parameters: [String: String]?) {
        #expect(WebSocketPath(pattern).match(path) == parameters)
    }

    @Test(
        "A query's parameter is the first of its name, decoded",
        arguments: [
            ("user=bob", "bob"), ("a=1&user=b%20%C3%BC", "b ü"), ("user=a&user=b", "a"), ("users=x", nil), ("user", ""),
            ("user=", ""),
            ("user=a=b", "a=b"), ("us%65r=x", "x"), ("user=%zz", nil), ("", nil), ("&&user=1&", "1"), ("user=a+b", "a+b"),
        ] as [(String, String?)])
    func query(text: String, value: String?) {
        #expect(QueryText.value(of: "user", in: text[...]) == value)
    }
}
