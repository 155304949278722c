import RideHailing

/// `{"lat":…,"lon":…}`
struct PlaceBody: Decodable {
    let coordinate: Coordinate

    private enum Key: CodingKey {
        case lat, lon
    }

    /// - Throws: `DecodingError` that says where what stands that is out of range.
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let latitude = try container.decode(Double.self, forKey: .lat)
        let longitude = try container.decode(Double.self, forKey: .lon)
        do {
            coordinate = try Coordinate(latitude: latitude, longitude: longitude)
        } catch .invalidLatitude {
            throw DecodingError.outOfRange(Key.lat, container, "a number from -90 to 90.")
        } catch {
            throw DecodingError.outOfRange(Key.lon, container, "a number from -180 to 180.")
        }
    }
}

extension DecodingError {
    static func outOfRange<Key: CodingKey>(
        _ key: Key, _ container: KeyedDecodingContainer<Key>, _ range: String
    ) -> DecodingError {
        .dataCorruptedError(forKey: key, in: container, debugDescription: range)
    }
}
