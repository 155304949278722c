import ArgumentParser
import NewsFeed
import ServiceKit
import Terminal

/// `news-feed dead-letters list`.
struct ListDeadLettersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show the dead letters, oldest first.")

    @OptionGroup var redis: RedisOptions
    @Flag(help: "As JSON.")
    var json = false

    func run() async throws {
        try await reportingUsageErrors {
            let letters = try await NewsFeed.forCommand(redis) { try await $0.allDeadLetters() }
            if json {
                print(JSONText.object([("deadLetters", .array(letters.map(\.json)))]).text)
            } else if letters.isEmpty {
                print("There are no dead letters.")
            } else {
                print(Self.table(of: letters), terminator: "")
            }
        }
    }

    /// What is in it came from elsewhere.
    static func table(of letters: [DeadLetter]) -> String {
        let rows =
            [["id", "since", "post", "author", "tries", "reason"]]
            + letters.map { letter in
                [
                    letter.id, Timestamp.readable(milliseconds: letter.buriedAtMilliseconds),
                    (letter.post ?? "-").visible(limit: 13), (letter.author ?? "-").visible(limit: 40), "\(letter.tries)",
                    letter.reason.visible(limit: 200),
                ]
            }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            return cells.dropLast().joined(separator: "  ") + "  " + (row.last ?? "") + "\n"
        }.joined()
    }
}
