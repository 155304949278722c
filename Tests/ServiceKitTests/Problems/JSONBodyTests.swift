import Foundation
import Hummingbird
import HummingbirdCore
import NIOCore
import Testing

@testable import ServiceKit

@Suite("JSON that is read")
struct JSONBodyTests {
    private struct Body: Decodable {
        struct Check: Decodable, Equatable {
            var policy: String
            var cost: Int?
        }
        enum Color: String, Decodable { case red }
        var checks: [Check]
        var name: String?
        var isOn: Bool?
        var ratio: Double?
        var limits: [String: Int]?
        var color: Color?
        var small: Int8?
    }

    private func read(_ bytes: [UInt8]) async throws -> Body {
        var request = request(.post)
        request.body = RequestBody(buffer: ByteBuffer(bytes: bytes))
        return try await request.decodeJSON(as: Body.self)
    }

    private func refusal(_ bytes: [UInt8]) async throws -> Problem {
        try #require(await #expect(throws: Problem.self) { try await read(bytes) })
    }

    @Test("A body that is in order is read, whatever else it holds")
    func inOrder() async throws {
        let text =
            #" {"unknown":{"a":[1.5]},"checks":[{"policy":"p","cost":1e2},{"policy":"\u00fc","cost":null}],"ratio":1}"# + "\r\n"
        let body = try await read(Array(text.utf8))
        #expect(body.checks == [.init(policy: "p", cost: 100), .init(policy: "ü", cost: nil)] && body.ratio == 1)
    }

    @Test(
        "What is missing, or of another type, is named",
        arguments: [
            (#"{}"#, "checks: required."), (#"{"checks":[{"policy":"p"},{"cost":1}]}"#, "checks[1].policy: required."),
            (#"{"checks":null}"#, "checks: expected an array, not null."), (#"{"checks":{}}"#, "checks: expected an array."),
            (#"{"checks":"[]"}"#, "checks: expected an array."), (#"{"checks":[3]}"#, "checks[0]: expected an object."),
            (#"{"checks":[[]]}"#, "checks[0]: expected an object."),
            (#"{"checks":[null]}"#, "checks[0]: expected an object, not null."),
            (#"{"checks":[{"policy":3}]}"#, "checks[0].policy: expected a string."),
            (#"{"checks":[{"policy":null}]}"#, "checks[0].policy: expected a string, not null."),
            (#"{"checks":[{"policy":"p","cost":"1"}]}"#, "checks[0].cost: expected an integer."),
            (#"{"checks":[{"policy":"p","cost":true}]}"#, "checks[0].cost: expected an integer."),
            (#"{"checks":[],"name":["x"]}"#, "name: expected a string."),
            (#"{"checks":[],"isOn":1}"#, "isOn: expected true or false."),
            (#"{"checks":[],"isOn":"true"}"#, "isOn: expected true or false."),
            (#"{"checks":[],"ratio":"1"}"#, "ratio: expected a number."),
            (#"{"checks":[],"limits":[]}"#, "limits: expected an object."),
            (#"{"checks":[],"limits":{"a":"b"}}"#, "limits.a: expected an integer."),
            ("[]", "The body: expected an object."), ("null", "The body: expected an object, not null."),
            ("3", "The body: expected an object."),
            (#""text""#, "The body: expected an object."),
        ])
    func wrongForm(text: String, detail: String) async throws {
        let problem = try await refusal(Array(text.utf8))
        #expect(problem.status == .badRequest && problem.detail == detail)
    }

    @Test(
        "A number that its field cannot hold is named",
        arguments: [
            (#"{"checks":[{"policy":"p","cost":1},{"policy":"p","cost":5.5}]}"#, "checks[1].cost"),
            (#"{"checks":[{"policy":"p","cost":1e100}]}"#, "checks[0].cost"),
            (#"{"checks":[{"policy":"p","cost":1e999}]}"#, "checks[0].cost"),
            (#"{"checks":[{"policy":"p","cost":9223372036854775808}]}"#, "checks[0].cost"),
            (#"{"checks":[{"policy":"p","cost":-99999999999999999999}]}"#, "checks[0].cost"),
            (#"{"checks":[],"ratio":1e999}"#, "ratio"), (#"{"checks":[],"limits":{"a":1,"b":0.1}}"#, "limits.b"),
        ])
    func unfitNumber(text: String, field: String) async throws {
        let problem = try await refusal(Array(text.utf8))
        #expect(problem.status == .badRequest && problem.detail == "\(field): this number is out of range or no integer.")
    }

    @Test("Among several numbers that may be meant all are named, up to eight")
    func severalNumbers() async throws {
        let two = try await refusal(Array(#"{"ratio":0.5,"checks":[{"policy":"p","cost":5.5}]}"#.utf8))
        #expect(two.detail == "checks[0].cost, ratio: one of these numbers is out of range or no integer.")
        let checks = (0..<300).map { _ in #"{"policy":"p","cost":5.5}"# }.joined(separator: ",")
        let many = try await refusal(Array(#"{"checks":[\#(checks)]}"#.utf8))
        #expect(many.detail.hasPrefix("checks[0].cost, checks[1].cost, ") && many.detail.contains("checks[7].cost: one of these"))
        let small = try await refusal(Array(#"{"checks":[],"small":300}"#.utf8))
        #expect(small.status == .badRequest && small.detail == "One of the numbers in the body is out of range.")
        let long = try await refusal(
            Array(#"{"checks":[{"policy":"\#(String(repeating: "p", count: 40_000))","cost":5.5}]}"#.utf8))
        #expect(long.status == .badRequest && long.detail == "One of the numbers in the body is out of range or no integer.")
    }

    @Test("A choice that there is not is named")
    func choice() async throws {
        let problem = try await refusal(Array(#"{"checks":[],"color":"blue"}"#.utf8))
        #expect(problem.status == .badRequest && problem.detail.hasPrefix("color: "))
    }

    @Test(
        "What is no JSON at all: 400",
        arguments: [
            "", " ", "{", "}", "nonsense", #"{"checks":[]"#, #"{"checks":[]}x"#, "{'checks':[]}",
            #"{"checks":[NaN]}"#, "\u{FEFF}", "\0", "policy=p&key=k", #"{"checks"}"#, #"{"checks":[]"name":"x"}"#,
            String(repeating: "[", count: 100_000), String(repeating: #"{"a":"#, count: 100_000),
        ])
    func noJSON(text: String) async throws {
        let problem = try await refusal(Array(text.utf8))
        #expect(problem.status == .badRequest && problem.detail == "The body is not valid JSON.")
    }

    @Test("Text that is not UTF-8: 400")
    func noUTF8() async throws {
        let problem = try await refusal(Array(#"{"checks":[],"name":""#.utf8) + [0xFF, 0xFE] + Array(#""}"#.utf8))
        #expect(problem.status == .badRequest)
    }

    @Test("A body has 1 MiB at most, whether it comes at once or in pieces: 413")
    func tooLarge() async throws {
        let text = Array(#"{"checks":[]}"#.utf8)
        let largest = text + [UInt8](repeating: 0x20, count: (1 << 20) - text.count)
        #expect(try await read(largest).checks.isEmpty)
        let problem = try await refusal(largest + [0x20])
        #expect(problem.status == .contentTooLarge && problem.detail == "The body is larger than 1048576 bytes.")

        var request = request(.post)
        request.body = RequestBody(
            asyncSequence: AsyncStream { stream in
                for _ in 0..<1025 { stream.yield(ByteBuffer(repeating: 0x20, count: 1024)) }
                stream.finish()
            })
        let pieces = await #expect(throws: Problem.self) { try await request.decodeJSON(as: Body.self) }
        #expect(pieces?.status == .contentTooLarge)
    }

    @Test("An error that a form throws itself, and that can be told, is passed on as it is")
    func ownError() async throws {
        struct Own: Decodable {
            init(from decoder: any Decoder) throws { throw Problem(.conflict, "my own") }
        }
        struct Strange: Decodable, Error {
            init() {}
            init(from decoder: any Decoder) throws { throw Strange() }
        }
        var request = request(.post, body: "{}")
        #expect(await #expect(throws: Problem.self) { try await request.decodeJSON(as: Own.self) }?.status == .conflict)
        #expect(await #expect(throws: Problem.self) { try await request.decodeJSON(as: Strange.self) }?.status == .badRequest)
    }
}
