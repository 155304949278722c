import NIOCore
import RideHailing
import TestSupport
import Testing

@testable import ride_hailing

@Suite("What drivers' clients say")
struct DriverFrameTests {
    private func frame(_ text: String) throws(FrameProblem) -> DriverFrame { try DriverFrame(ByteBuffer(string: text)) }

    private func plain(_ text: String) -> LocationBody? { Array(text.utf8).withUnsafeBytes { PlainLocation.read($0) } }

    @Test("Positions, with all or some of what they may hold")
    func locations() throws {
        let place = try Coordinate(latitude: 40.5, longitude: -73)
        #expect(
            try frame(#"{"type":"location","lat":40.5,"lon":-73}"#)
                == .location(LocationBody(place, heading: nil, atMilliseconds: nil)))
        #expect(
            try frame(
                #" { "at" : "1970-01-01T00:00:01.5Z" , "lon":-73.0,"lat":405e-1,"heading":360,"type":"location","more":[] } "#)
                == .location(LocationBody(place, heading: 360, atMilliseconds: 1500)))
        #expect(
            try frame(#"{"type":"location","lat":40.5,"lon":-73,"heading":null,"at":null}"#)
                == .location(LocationBody(place, heading: nil, atMilliseconds: nil)))
    }

    @Test("Answers to offers")
    func answers() throws {
        #expect(try frame(#"{"type":"accept","ride":"r","version":2}"#) == .accept(ride: "r", version: 2))
        #expect(try frame(#"{"version":9,"ride":"r","type":"reject"}"#) == .reject(ride: "r", version: 9))
    }

    @Test(
        "What is not in order is refused by its name",
        arguments: [
            ("", "The message"), ("{", "The message"), ("[]", "The message"), ("{}", "type"), (#"{"type":1}"#, "type"),
            (#"{"type":"dance"}"#, "type"), (#"{"type":"location"}"#, "lat"), (#"{"type":"location","lat":1}"#, "lon"),
            (#"{"type":"location","lat":"1","lon":1}"#, "lat"), (#"{"type":"location","lat":91,"lon":1}"#, "lat"),
            (#"{"type":"location","lat":1,"lon":-180.1}"#, "lon"), (#"{"type":"location","lat":1e999,"lon":1}"#, "lat"),
            (#"{"type":"location","lat":1,"lon":1,"heading":-1}"#, "heading"),
            (#"{"type":"location","lat":1,"lon":1,"at":"now"}"#, "at"), (#"{"type":"location","lat":1,"lon":1,"at":1}"#, "at"),
            (#"{"type":"location","lat":1,"lat":2,"lon":1}"#, "The message"),
            (#"{"type":"location","lat":01,"lon":1}"#, "The message"),
            (#"{"type":"accept","version":1}"#, "ride"), (#"{"type":"accept","ride":"r"}"#, "version"),
            (#"{"type":"accept","ride":"r","version":0}"#, "version"),
            (#"{"type":"accept","ride":"r","version":1.5}"#, "version"),
            (#"{"type":"accept","ride":"r","version":1e30}"#, "version"),
        ])
    func problems(text: String, field: String) {
        let problem = #expect(throws: FrameProblem.self) { try frame(text) }
        #expect(problem?.code == .invalid && problem?.detail.hasPrefix(field) == true, "\(String(describing: problem))")
        // What is out of order is never taken by the quick way.
        #expect(plain(text) == nil)
    }

    @Test("An answer's problem names its ride")
    func ride() {
        let problem = #expect(throws: FrameProblem.self) { try frame(#"{"type":"accept","ride":"r","version":-1}"#) }
        #expect(problem?.ride == "r")
    }

    /// Texts that are nearly locations.
    private func text(_ random: inout SeededGenerator) -> String {
        let numbers = [
            "0", "-0", "1", "-1.5", "00", "1.", ".5", "+1", "1e1", "90", "90.1", "180", "-180.0", "361", "NaN", "\"1\"", "null",
        ]
        let times = [
            #""1970-01-01T00:00:00Z""#, #""1970-01-01T00:00:00.5+01:00""#, #""x""#, "1", #""\u0031970-01-01T00:00:00Z""#,
        ]
        var members = [#""type":"location""#, #""lat":\#(random.pick(numbers))"#, #""lon":\#(random.pick(numbers))"#]
        if Bool.random(using: &random) { members.append(#""heading":\#(random.pick(numbers))"#) }
        if Bool.random(using: &random) { members.append(#""at":\#(random.pick(times))"#) }
        if Int.random(in: 0..<10, using: &random) == 0 { members.append(random.pick(members + [#""x":{}"#, #""l\u0061t":1"#])) }
        members.shuffle(using: &random)
        var text = Array("{\(members.joined(separator: random.pick([",", " , "])))}".utf8)
        if Int.random(in: 0..<5, using: &random) == 0 {
            let place = Int.random(in: text.indices, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: text.remove(at: place)
            case 1: text[place] = UInt8.random(in: 0x20...0x7E, using: &random)
            default: text.insert(random.pick(Array(#" ,:"{}0\"#.utf8)), at: place)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    @Test("The quick way takes nothing that the other does not take for the same")
    func sameMeaning() throws {
        var random = SeededGenerator()
        var taken = 0
        for _ in 0..<20_000 {
            let text = text(&random)
            guard let plain = plain(text) else { continue }
            taken += 1
            // An unknown member makes it go the long way.
            let long = try? frame("{\"unknown\":0,\(text.drop { $0 != "{" }.dropFirst())")
            #expect(long == .location(plain), "\(random): \(text)")
        }
        #expect(taken > 300)
    }
}
