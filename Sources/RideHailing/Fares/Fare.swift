/// A price for one ride of one rider, for a short time.
public struct Fare: Sendable, Hashable, Identifiable {
    public let id: String
    public let rider: String
    public let from: Coordinate
    public let to: Coordinate
    public let distanceMeters: Int
    public let durationSeconds: Int
    public let amountCents: Int
    /// ISO 4217.
    public let currency: String
    /// Milliseconds since 1970.
    public let expiresAtMilliseconds: Int
}

extension Fare {
    /// What a ride takes over of it, as it lies in Redis.
    var rideFields: [String] {
        [
            "from", from.text, "to", to.text, "distance", "\(distanceMeters)", "duration", "\(durationSeconds)",
            "amount", "\(amountCents)", "currency", currency, "fare", id,
        ]
    }

    /// What is signed.
    private var content: [String] { rideFields + ["rider", rider, "expiresAt", "\(expiresAtMilliseconds)"] }

    func fields(signedWith authenticator: Authenticator) -> [String] {
        content + ["signature", authenticator.authenticator(of: content)]
    }

    /// - Returns: nil when it is none, or was not made here.
    init?(fields: [String: String], signedWith authenticator: Authenticator) {
        func number(_ name: String) -> Int? { fields[name].flatMap { Int($0) } }
        guard let id = fields["fare"], let rider = fields["rider"], let from = fields["from"].flatMap({ Coordinate(text: $0) }),
            let to = fields["to"].flatMap({ Coordinate(text: $0) }), let distance = number("distance"),
            let duration = number("duration"), let amount = number("amount"), let currency = fields["currency"],
            let expiresAt = number("expiresAt"), let signature = fields["signature"]
        else { return nil }
        self.init(
            id: id, rider: rider, from: from, to: to, distanceMeters: distance, durationSeconds: duration, amountCents: amount,
            currency: currency, expiresAtMilliseconds: expiresAt)
        guard authenticator.isValid(signature, of: content) else { return nil }
    }
}
