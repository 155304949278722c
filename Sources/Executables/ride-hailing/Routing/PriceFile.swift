import Foundation
import HTTPTypes
import NIOCore
import RideHailing
import ServiceKit
import Terminal

/// `--prices FILE`: what rides cost, as JSON: `{"currency":"EUR","baseCents":390,"perKilometerCents":220}`.
struct PriceFile: Decodable {
    private let prices: PriceTable

    private enum Key: String, CodingKey, CaseIterable {
        case currency, baseCents, perKilometerCents, perMinuteCents, minimumCents, maximumSurge, requestsPerDriver
    }
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// - Throws: `UsageError` that names the file, and the field.
    static func read(_ path: String) throws -> PriceTable {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw UsageError("--prices: \(path) cannot be read.")
        }
        do {
            return try JSONBody.decode(PriceFile.self, from: ByteBuffer(bytes: data), called: "The file").prices
        } catch {
            let reason = (error as? Problem)?.detail ?? "It is not in order."
            throw UsageError("--prices: \(path): \(reason)")
        }
    }

    init(from decoder: any Decoder) throws {
        for name in try decoder.container(keyedBy: Name.self).allKeys where Key(rawValue: name.stringValue) == nil {
            let names = Key.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(.badRequest, "\(name.stringValue): there is no such price; there are \(names).")
        }
        let container = try decoder.container(keyedBy: Key.self)
        func number(_ key: Key, _ value: inout Double, _ range: ClosedRange<Double>) throws {
            guard let number = try container.decodeIfPresent(Double.self, forKey: key) else { return }
            guard range.contains(number) else {
                throw DecodingError.outOfRange(
                    key, container, "from \(NumberFormat.decimal(range.lowerBound)) to \(NumberFormat.decimal(range.upperBound))."
                )
            }
            value = number
        }
        func cents(_ key: Key, _ value: inout Int) throws {
            guard let cents = try container.decodeIfPresent(Int.self, forKey: key) else { return }
            guard (0...1_000_000).contains(cents) else { throw DecodingError.outOfRange(key, container, "from 0 to 1000000.") }
            value = cents
        }
        var prices = PriceTable()
        if let currency = try container.decodeIfPresent(String.self, forKey: .currency) {
            guard currency.utf8.count == 3, currency.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
            else {
                throw DecodingError.outOfRange(Key.currency, container, "three letters of ISO 4217, such as EUR.")
            }
            prices.currency = currency
        }
        try cents(.baseCents, &prices.baseCents)
        try cents(.minimumCents, &prices.minimumCents)
        try number(.perKilometerCents, &prices.perKilometerCents, 0...1_000_000)
        try number(.perMinuteCents, &prices.perMinuteCents, 0...1_000_000)
        try number(.maximumSurge, &prices.maximumSurge, 1...100)
        try number(.requestsPerDriver, &prices.requestsPerDriver, 0.01...1_000_000)
        self.prices = prices
    }
}
