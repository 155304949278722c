extension StringProtocol {
    /// The text made fit to be shown: no control character reaches a terminal, nothing turns the direction of writing, and at
    /// most `limit` characters are kept.
    /// - Parameter lineFeed: what is shown in the place of a line feed.
    public func visible(limit: Int, lineFeed: String = "\\u{a}") -> String {
        var result = ""
        for (position, character) in self.enumerated() {
            if position == limit {
                result += "…"
                break
            }
            // A character can be made of any number of scalars; eight are enough for any that people write.
            for scalar in character.unicodeScalars.prefix(8) {
                if scalar == "\n" {
                    result += lineFeed
                } else if Self.mayBeShown(scalar) {
                    result.unicodeScalars.append(scalar)
                } else {
                    result += "\\u{\(String(scalar.value, radix: 16))}"
                }
            }
        }
        return result
    }

    private static func mayBeShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
