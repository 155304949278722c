/// What so many links need: codes, memory, servers.
struct CapacityPlan: Sendable {
    /// What is asked for; whoever makes a plan has checked the ranges.
    struct Demand: Sendable {
        var linksPerSecond: Int
        var years: Int
        var readsPerWrite = 100
        var urlBytes = 60
        /// What a node may fill with links, of the memory it has.
        var nodeGibibytes = 25
        /// Redirects that the services answer from their own memory.
        var hitPercent = 90
        var nodeReadsPerSecond = 100_000

        // Within these no figure overflows.
        static let linksPerSecond = 1...10_000_000
        static let years = 1...100
        static let readsPerWrite = 0...1_000_000
        static let urlBytes = 10...8_192
        static let nodeGibibytes = 1...4_096
        static let hitPercent = 0...100
        static let nodeReadsPerSecond = 1_000...10_000_000
    }

    let demand: Demand

    static let secondsPerYear = 365 * 86_400
    /// Of a link beside its URL, in Redis: measured with Redis 7.0 on 64 bits, 190 bytes with a URL of 60.
    static let bytesBesideURL = 130

    var links: Int { demand.linksPerSecond * Self.secondsPerYear * demand.years }

    /// The fewest Base62 digits that tell all links apart.
    var codeLength: Int {
        (1...).first { Self.codes(ofLength: $0) >= links } ?? 1
    }

    /// How many codes there are of so many digits, up to ten.
    static func codes(ofLength length: Int) -> Int {
        (0..<length).reduce(1) { count, _ in count * 62 }
    }

    /// Until codes of so many digits are used up.
    func seconds(ofCodes length: Int) -> Int {
        Self.codes(ofLength: length) / demand.linksPerSecond
    }

    var bytesPerLink: Int { Self.bytesBesideURL + demand.urlBytes }
    var bytes: UInt128 { UInt128(links) * UInt128(bytesPerLink) }

    var nodesForStorage: Int {
        Int(Self.quotient(bytes, UInt128(demand.nodeGibibytes) << 30))
    }

    var redirectsPerSecond: Int { demand.linksPerSecond * demand.readsPerWrite }
    /// Those that the services' memory does not answer.
    var readsPerSecond: Int { Self.quotient(redirectsPerSecond * (100 - demand.hitPercent), 100) }
    var nodesForReads: Int { Self.quotient(readsPerSecond, demand.nodeReadsPerSecond) }
    /// One at least; as many again for each replica.
    var nodes: Int { max(1, nodesForStorage, nodesForReads) }

    /// Rounded up.
    private static func quotient<Number: BinaryInteger>(_ dividend: Number, _ divisor: Number) -> Number {
        dividend / divisor + (dividend % divisor == 0 ? 0 : 1)
    }
}
