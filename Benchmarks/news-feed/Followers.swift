/// An author with many followers, all of whom have read their feeds lately, so that posts are written to their timelines.
enum Followers {
    static let author = "author"

    /// As redis-benchmark makes them of `__rand_int__`.
    static func name(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 12 - digits.count) + digits
    }
}
