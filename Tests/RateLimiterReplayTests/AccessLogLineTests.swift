import Testing

@testable import RateLimiterReplay

@Suite struct AccessLogLineTests {
    static let combined =
        #"83.149.9.216 - alice [17/May/2015:10:05:03 +0000] "GET /a/b.png?x=1 HTTP/1.1" 200 203023 "http://a.example/" "Agent \"x\" 1.0""#
    static let common = #"2001:db8::1 - - [29/Feb/2016:23:59:60 -0130] "-" - -"#

    private func parse(_ line: String) throws -> AccessLogLine {
        try AccessLogLine(parsing: Array(line.utf8)[...])
    }

    private func text(_ bytes: ArraySlice<UInt8>?) -> String? {
        bytes.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func combinedFormat() throws {
        let line = try parse(Self.combined)
        #expect(text(line.host) == "83.149.9.216")
        #expect(text(line.ident) == "-")
        #expect(text(line.user) == "alice")
        #expect(line.time.microseconds == 1_431_857_103_000_000)
        #expect(text(line.method) == "GET")
        #expect(text(line.path) == "/a/b.png")
        #expect(line.status == 200)
        #expect(line.bytes == 203_023)
        #expect(text(line.referer) == "http://a.example/")
        #expect(text(line.agent) == #"Agent \"x\" 1.0"#)
    }

    @Test func commonFormatWithDashesAndZone() throws {
        let line = try parse(Self.common + "\r")
        #expect(text(line.host) == "2001:db8::1")
        #expect(line.time.description == "2016-03-01 01:30:00 UTC")
        #expect(line.method == nil)
        #expect(text(line.path) == "-")
        #expect(line.status == nil)
        #expect(line.bytes == nil)
        #expect(line.referer == nil)
        #expect(line.agent == nil)
    }

    @Test func aUserNameCannotPassForATime() throws {
        let user = #"x [01/Jan/2030:00:00:00 +0000] \"GET"#
        let line = try parse(#"1.2.3.4 - \#(user) [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5"#)
        #expect(text(line.user) == user)
        #expect(line.time.date == "2015-05-17")
    }

    @Test func virtualHostFirst() throws {
        let rest = #"[17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5 "-" "-""#
        let line = try parse("www.example.com:443 10.0.0.7 - bob \(rest)")
        #expect(text(line.host) == "10.0.0.7")
        #expect(text(line.user) == "bob")
        #expect(text(try parse("2001:db8::1 - - x \(rest)").host) == "2001:db8::1")
    }

    @Test func fieldsBehindTheAgentAreIgnored() throws {
        #expect(text(try parse(Self.combined + #" "10.1.1.1" 0.004"#).host) == "83.149.9.216")
        #expect(try parse(Self.common + " 0.004").agent == nil)
    }

    @Test(arguments: [
        ("", "host"), ("1.2.3.4", "host"), (#"{"remote_addr":"1.2.3.4"}"#, "host"),
        (#"1.2.3.4 - - "GET / HTTP/1.1" 200 5"#, "time"),
        (#"1.2.3.4 - - [31/Apr/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5"#, "time"),
        (#"1.2.3.4 - - [29/Feb/1900:10:05:03 +0000] "GET / HTTP/1.1" 200 5"#, "time"),
        (#"1.2.3.4 - - [17/May/2015:24:05:03 +0000] "GET / HTTP/1.1" 200 5"#, "time"),
        (#"1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1 200 5"#, "request"),
        (#"1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1\"#, "request"),
        (#"1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 2xx 5"#, "status"),
        (#"1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 99999999999999999999"#, "bytes"),
        (#"1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5 "-" "agent"#, "agent"),
    ])
    func malformedLinesSayWhatIsWrong(line: String, named: String) {
        let error = #expect(throws: AccessLogLine.Malformed.self) { try parse(line) }
        #expect(error?.reason.contains(named) == true, "\(error?.reason ?? "")")
    }

    @Test func truncatedAtEveryByte() throws {
        let bytes = Array(Self.combined.utf8)
        let afterByteCount = Self.combined.utf8.count - #" "http://a.example/" "Agent \"x\" 1.0""#.utf8.count
        for length in 0..<bytes.count {
            let line = try? AccessLogLine(parsing: bytes[..<length])
            if length < afterByteCount - "203023".count { #expect(line == nil, "at \(length)") }
            if let line { #expect(line.time.microseconds == 1_431_857_103_000_000) }
        }
    }

    @Test func randomMutationsNeverTrap() {
        var random = SystemRandomNumberGenerator()
        let originals = [Self.combined, Self.common].map { Array($0.utf8) }
        let telling: [UInt8] = [0, 9, 13, 32, 34, 45, 58, 91, 92, 93, 0x80, 0xff]
        var read = 0
        for _ in 0..<20_000 {
            var bytes = originals.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let index = bytes.indices.randomElement(using: &random) ?? 0
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes[index] = telling.randomElement(using: &random) ?? 0
                case 2: bytes.remove(at: index)
                default: bytes.insert(telling.randomElement(using: &random) ?? 0, at: index)
                }
            }
            guard let line = try? AccessLogLine(parsing: bytes[...]) else { continue }
            read += 1
            for field in ReplayKey.Field.allCases {
                let key = try? ReplayKey(parsing: field.rawValue).value(for: line)
                #expect(key?.utf8.count ?? 0 <= ReplayKey.longestKey)
            }
        }
        #expect(read > 1000)
    }
}
