import ArgumentParser
import Foundation

/// Chat's part of `./dev bench`: thousands of clients, of chat or of the peer beside it. What is said about them comes in lines of
/// JSON.
@main
struct ChatBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat-benchmark", subcommands: [Converse.self, Announce.self, HoldConnections.self])
}

/// What this process has used so far.
func processorMicroseconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
}

func printLine(of figures: some Encodable) throws {
    print(String(decoding: try JSONEncoder().encode(figures), as: UTF8.self))
    fflush(nil)
}

/// Before anything is measured: whoever started this reads its own counters now.
func printReady() throws { try printLine(of: ["ready": true]) }
