import TestSupport
import Testing

@Suite("How the news feed is called", .slots(1))
struct UsageTests {
    @Test(
        "A mistake in an option is told in the first line, and the exit code is 64",
        arguments: [
            (["--strategy", "shove"], "--strategy is shove; it is one of push, pull, hybrid."),
            (["--celebrity-threshold", "0"], "--celebrity-threshold is 0"),
            (["--timeline-length", "0"], "--timeline-length is 0"),
            (["--worker-lanes", "65"], "--worker-lanes is 65"), (["worker", "--worker-lanes", "0"], "--worker-lanes is 0"),
        ])
    func options(arguments: [String], sentence: String) async throws {
        let (exit, output, errors) = try await run(.newsFeed, arguments)
        #expect(exit == .code(64) && output.isEmpty)
        #expect(errors.prefix { $0 != "\n" }.contains(sentence), "\(errors)")
    }
}
