/// Gives each key a small number, and counts what it asked for.
///
/// It grows with the number of different keys, by about 150 bytes for each; the numbers keep everything else small.
struct KeyTable {
    private var numbers: [String: Int32] = [:]
    private(set) var names: [String] = []
    private(set) var asked: [Int] = []

    /// The key's number; a new one when it has not been seen before.
    mutating func number(of key: String) -> Int32 {
        if let number = numbers[key] { return number }
        let number = Int32(names.count)
        numbers[key] = number
        names.append(key)
        asked.append(0)
        return number
    }

    mutating func countAsked(_ key: Int32) {
        asked[Int(key)] += 1
    }
}
