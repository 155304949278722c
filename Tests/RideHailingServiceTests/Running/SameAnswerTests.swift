import TestSupport
import Testing

/// Methods and paths that nobody asks for on purpose.
@Suite(.service(.rideHailing), .serialized)
struct SameAnswerTests {
    @Test func `HEAD has what GET has, but for the body`() async throws {
        let service = try RunningService.shared
        let id = try await service.request("ann", from: .own())
        for target in [
            "/", "/health/live", "/v1/rides/\(id)", "/v1/rides/x", "/v1/drivers/nearby?lat=-80.5&lon=1", "/v1/drivers/nearby",
            "/v1/nothing",
        ] {
            let connection = try await service.connect()
            let get = try await connection.request("GET", target, headers: user("ann"))
            let head = try await connection.request("HEAD", target, headers: user("ann"))
            #expect(head.status == get.status && head.body.isEmpty, "\(target): \(head)")
            #expect(head["Content-Type"] == get["Content-Type"] && head["Content-Length"] == get["Content-Length"], "\(target)")
        }
    }

    @Test(arguments: [
        ("GET", "/v1"), ("GET", "/v1/fares"), ("GET", "/v1/rides"), ("PUT", "/v1/rides"), ("POST", "/v1/drivers/ann/location"),
        ("GET", "/v1/drivers/ann/status"), ("POST", "/v1/drivers/nearby"), ("POST", "/v1/rides/x/finish"),
        ("GET", "/v1/rides/x/accept"),
        ("DELETE", "/v1/rides/x"), ("PUT", "/v1/drivers/%FF/status"), ("GET", "/v1/rides/%FF"), ("GET", "/v1/rides/x/ws/y"),
        ("OPTIONS", "/v1/fares"),
    ])
    func `what there is not is 404, as a problem`(_ method: String, _ target: String) async throws {
        try expectProblem(try await RunningService.shared.ask(method, target, as: "ann", method == "GET" ? nil : "{}"), 404)
    }

    @Test func `there is a page, and what it needs; and figures`() async throws {
        let service = try RunningService.shared
        let page = try await service.request("GET", "/")
        #expect(page.status == 200 && page["Content-Type"] == "text/html; charset=utf-8" && !page.body.isEmpty)
        for asset in page.text.matches(of: #/(?:src|href)="(\/assets\/[^"]+)"/#).map({ String($0.1) }) {
            let reply = try await service.request("GET", asset)
            #expect(reply.status == 200 && !reply.body.isEmpty, "\(asset)")
        }
        let id = try await service.request("ann", from: .own())
        try await service.does("cancel", id, as: "ann", version: 1)
        try expectProblem(try await service.act("cancel", id, as: "bob", version: 1), 403)
        let metrics = try await service.metrics()
        #expect(metrics.types.keys.contains { $0.hasPrefix("ride_hailing_") })
    }
}
