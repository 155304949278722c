/// How a number from the counter becomes a code.
enum CodeScheme: Sendable {
    /// Plain counting: short, and everyone can guess the neighbours.
    case sequential
    case scrambled(CodeCipher)

    func code(of number: UInt64) -> String {
        switch self {
        case .sequential: Base62.encode(number)
        case .scrambled(let cipher): cipher.code(of: number)
        }
    }
}
