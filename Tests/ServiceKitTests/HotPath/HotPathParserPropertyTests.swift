import TestSupport
import Testing

@testable import ServiceKit

@Suite("Hot path: the parser on generated requests")
struct HotPathParserPropertyTests {
    private static let endings: [[UInt8]] = [[], Array("\r\n\r\n".utf8), Array(": x\r\nHost: h\r\n\r\n".utf8), [0, 255]]

    @Test("A plain request is incomplete up to its last byte, and whole from there on")
    func plainAtEveryCut() {
        var random = SeededGenerator()
        for _ in 0..<300 {
            let request = GeneratedRequest.plain(&random)
            for cut in 0..<request.bytes.count {
                let verdict = Verdict(request.bytes[..<cut], behind: random.pick(Self.endings))
                guard verdict == .incomplete else {
                    Issue.record("\(random): \(verdict) of the first \(cut) bytes of \(request)")
                    break
                }
            }
            #expect(Verdict(request.bytes) == request.wanted, "\(random): \(request)")
            #expect(Verdict(request.bytes + random.bytes(0...40)) == request.wanted, "\(random): \(request), with more behind it")
        }
    }

    @Test("An odd request is for the router, and no beginning of it is taken for a request")
    func oddAtEveryCut() {
        var random = SeededGenerator()
        for _ in 0..<300 {
            let request = GeneratedRequest.odd(&random)
            var isOther = false
            for cut in 0...request.bytes.count {
                let verdict = Verdict(request.bytes[..<cut], behind: random.pick(Self.endings))
                // Once it is the router's it stays so.
                guard verdict == .other || (verdict == .incomplete && !isOther) else {
                    Issue.record("\(random): \(verdict) of the first \(cut) bytes of \(request)")
                    break
                }
                isOther = verdict == .other
            }
            #expect(isOther, "\(random): \(request)")
            #expect(Verdict(request.bytes + random.bytes(0...40)) == .other, "\(random): \(request), with more behind it")
        }
    }

    @Test("Changing any one byte of a request to any other never yields a request of another length, or two hosts")
    func oneByteChanged() {
        var random = SeededGenerator()
        let request = Array("GET /hot/a?b HTTP/1.1\r\nHost: h\r\nX: y\r\nConnection: keep-alive\r\n\r\n".utf8)
        for index in request.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = request
                changed[index] = byte
                let verdict = Verdict(changed)
                if case .request(_, _, _, let length) = verdict {
                    #expect(length == request.count, "byte \(index) is \(byte)")
                    #expect(byte >= 0x20 || byte == 0x09 || byte == request[index], "byte \(index) is \(byte)")
                }
                for cut in [Int.random(in: 0..<request.count, using: &random)] {
                    #expect(!Verdict(changed[..<cut]).isRequest, "\(random): byte \(index) is \(byte), cut at \(cut)")
                }
            }
        }
    }

    @Test("Random bytes, alone or behind the start of a request, never crash the parser")
    func garbage() {
        var random = SeededGenerator()
        for _ in 0..<2000 {
            let start = Array(GeneratedRequest.plain(&random).bytes)
            let bytes = start.prefix(Int.random(in: 0...start.count, using: &random)) + random.bytes(0...200)
            if case .request(_, _, _, let length) = Verdict(bytes) {
                #expect(
                    length <= bytes.count && bytes.prefix(length).suffix(4).elementsEqual(Array("\r\n\r\n".utf8)), "\(random)")
            }
        }
    }
}
