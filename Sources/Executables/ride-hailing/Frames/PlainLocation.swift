import RideHailing
import ServiceKit

/// Reads the plainest form of a location frame, which drivers send every few seconds, in a tenth of the time that a parser of any JSON
/// takes. How little it accepts keeps it right: one object of known members, once each, without escapes. Whatever else comes, what is
/// out of range too, is left to the parser, and means what it means there.
struct PlainLocation {
    private var rest: Slice<UnsafeRawBufferPointer>

    static func read(_ bytes: UnsafeRawBufferPointer) -> LocationBody? {
        var reader = PlainLocation(rest: bytes[...])
        return reader.object()
    }

    private mutating func object() -> LocationBody? {
        var isLocation = false
        var latitude: Double?, longitude: Double?, heading: Double?, at: Int?
        guard take("{") else { return nil }
        repeat {
            guard let name = string(), take(":") else { return nil }
            if name.elementsEqual("type".utf8), !isLocation {
                guard let type = string(), type.elementsEqual("location".utf8) else { return nil }
                isLocation = true
            } else if name.elementsEqual("lat".utf8), latitude == nil {
                latitude = number()
                if latitude == nil { return nil }
            } else if name.elementsEqual("lon".utf8), longitude == nil {
                longitude = number()
                if longitude == nil { return nil }
            } else if name.elementsEqual("heading".utf8), heading == nil {
                heading = number()
                guard let heading, (0...360).contains(heading) else { return nil }
            } else if name.elementsEqual("at".utf8), at == nil {
                at = string().flatMap { Timestamp.milliseconds(of: String(decoding: $0, as: UTF8.self)) }
                guard let at, at >= 0 else { return nil }
            } else {
                return nil
            }
        } while take(",")
        guard take("}"), isEmpty, isLocation, let latitude, let longitude,
            let coordinate = try? Coordinate(latitude: latitude, longitude: longitude)
        else { return nil }
        return LocationBody(coordinate, heading: heading, atMilliseconds: at)
    }

    private mutating func skipSpace() {
        while let byte = rest.first, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { rest.removeFirst() }
    }

    private var isEmpty: Bool { rest.isEmpty }

    /// A sign of the grammar, and the space around it.
    private mutating func take(_ sign: Unicode.Scalar) -> Bool {
        skipSpace()
        guard let first = rest.first, first == UInt8(ascii: sign) else { return false }
        rest.removeFirst()
        skipSpace()
        return true
    }

    /// Between quotes, printable ASCII alone.
    private mutating func string() -> Slice<UnsafeRawBufferPointer>? {
        guard rest.first == UInt8(ascii: "\"") else { return nil }
        rest.removeFirst()
        let content = rest.prefix { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        rest = rest.dropFirst(content.count)
        guard rest.first == UInt8(ascii: "\"") else { return nil }
        rest.removeFirst()
        return content
    }

    /// In the grammar of JSON, without an exponent.
    private mutating func number() -> Double? {
        let start = rest.startIndex
        if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        let beginsWithZero = rest.first == UInt8(ascii: "0")
        let whole = digits()
        guard whole == 1 || (whole > 1 && !beginsWithZero) else { return nil }
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            guard digits() > 0 else { return nil }
        }
        return Double(String(decoding: rest.base[start..<rest.startIndex], as: UTF8.self))
    }

    private mutating func digits() -> Int {
        let start = rest.startIndex
        while let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { rest.removeFirst() }
        return rest.startIndex - start
    }
}
