/// One redirect that was answered.
struct Visit: Sendable {
    let code: String
    /// Milliseconds since 1970.
    let at: Int
    let isBot: Bool
    /// By ``VisitorHash``; nil when it is not known who came.
    let visitor: UInt64?
    /// By ``ReferrerHost``.
    let referrerHost: String?
    /// By ``CountryCode``.
    let country: String?
}
