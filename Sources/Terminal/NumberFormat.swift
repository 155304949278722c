/// Numbers as people read them.
public enum NumberFormat {
    /// `12,345`
    public static func count(_ number: some BinaryInteger) -> String {
        var digits = String(number.magnitude)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return (number < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
    }

    /// `1 request`, `12,345 requests`
    public static func count(_ number: Int, _ noun: String) -> String {
        "\(count(number)) \(noun)\(number == 1 ? "" : "s")"
    }

    /// `12.34%`; never rounded to 0% or 100% when it is neither.
    public static func share(_ part: Int, of whole: Int) -> String {
        guard whole > 0 else { return "-" }
        let exact = Double(part) / Double(whole) * 10_000
        var hundredths = Int(exact.rounded())
        if part > 0 { hundredths = max(hundredths, 1) }
        if part < whole { hundredths = min(hundredths, 9999) }
        return decimal(hundredths) + "%"
    }

    /// `1.94x`
    public static func ratio(_ part: Int, to whole: Int) -> String {
        guard whole > 0 else { return "-" }
        return decimal(Int((Double(part) / Double(whole) * 100).rounded())) + "x"
    }

    /// The two largest units: `3 d 11 h`, `1 m`, `250 ms`.
    public static func duration(microseconds: Int64) -> String {
        let units: [(String, Int64)] = [
            ("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1000),
        ]
        guard let first = units.firstIndex(where: { microseconds >= $0.1 }) else { return "0 s" }
        var rest = microseconds
        var parts: [String] = []
        for (name, length) in units[first...].prefix(2) where rest >= length {
            parts.append("\(count(Int(rest / length))) \(name)")
            rest %= length
        }
        return parts.joined(separator: " ")
    }

    /// `2.4 MB`
    public static func bytes(_ number: some BinaryInteger) -> String {
        guard number >= 1000 else { return "\(number) B" }
        var value = Double(number)
        var unit = 0
        let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
        while value >= 999.95, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }

    /// With three digits that matter, or as a whole number: `0.123`, `1.23`, `12.3`, `1,234`; without zeros at the end.
    public static func decimal(_ number: Double) -> String {
        guard number.isFinite else { return "-" }
        let places = number.magnitude < 1 ? 3 : number.magnitude < 10 ? 2 : number.magnitude < 100 ? 1 : 0
        let factor = [1, 10, 100, 1000][places]
        // Not beyond what an integer holds.
        let scaled = Int(min(1e15, number.magnitude * Double(factor)).rounded())
        var fraction = String(factor + scaled % factor).dropFirst()
        while fraction.last == "0" { fraction.removeLast() }
        let sign = number < 0 && scaled > 0 ? "-" : ""
        return sign + count(scaled / factor) + (fraction.isEmpty ? "" : "." + fraction)
    }

    private static func decimal(_ hundredths: Int) -> String {
        let fraction = hundredths % 100
        return "\(count(hundredths / 100)).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
