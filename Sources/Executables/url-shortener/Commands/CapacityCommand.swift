import ArgumentParser
import ServiceKit

/// `url-shortener capacity`: what so many links need.
struct CapacityCommand: AsyncParsableCommand {
    private typealias Demand = CapacityPlan.Demand

    static let configuration = CommandConfiguration(
        commandName: "capacity", abstract: "Work out how many codes, how much memory and how many Redis nodes so many links need."
    )

    @Option(help: "New links in each second.")
    var perSecond: Int
    @Option(help: "For how many years links are created and kept.")
    var years: Int
    @Option(help: "How often a link is followed.")
    var readsPerWrite = 100
    @Option(help: "The length of a URL.")
    var urlBytes = 60
    @Option(help: "The memory that a Redis node has for links, in GiB.")
    var nodeGib = 25
    @Option(help: "How many of 100 redirects the services answer from their own memory.")
    var hitPercent = 90
    @Option(help: "How many reads a Redis node answers in a second.")
    var nodeReadsPerSecond = 100_000

    func run() async throws {
        try await reportingUsageErrors {
            try check("per-second", perSecond, Demand.linksPerSecond)
            try check("years", years, Demand.years)
            try check("reads-per-write", readsPerWrite, Demand.readsPerWrite)
            try check("url-bytes", urlBytes, Demand.urlBytes)
            try check("node-gib", nodeGib, Demand.nodeGibibytes)
            try check("hit-percent", hitPercent, Demand.hitPercent)
            try check("node-reads-per-second", nodeReadsPerSecond, Demand.nodeReadsPerSecond)
            let demand = Demand(
                linksPerSecond: perSecond, years: years, readsPerWrite: readsPerWrite, urlBytes: urlBytes,
                nodeGibibytes: nodeGib, hitPercent: hitPercent, nodeReadsPerSecond: nodeReadsPerSecond)
            print(CapacityTable.render(CapacityPlan(demand: demand)), terminator: "")
        }
    }

    private func check(_ option: String, _ value: Int, _ range: ClosedRange<Int>) throws {
        _ = try Settings().integer(option, value, in: range)
    }
}
