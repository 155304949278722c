/// Texts that nobody else has: names of workers, epochs, versions that may not come again when Redis has lost something.
enum RandomText {
    /// 64 bits in 11 characters of Base62.
    static func next() -> String {
        Base62.encode(.random(in: .min ... .max), length: 11)
    }
}
