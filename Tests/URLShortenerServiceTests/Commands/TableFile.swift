import EmbeddedRedis
import Foundation
import TestSupport
import URLShortener

@testable import url_shortener

/// A CSV file, and a Redis to import it into.
struct TableFile {
    let path: String
    let server: EmbeddedRedis
    let shortener: URLShortener

    func importing(_ arguments: String...) async throws -> (exit: RunningProgram.Exit, output: String, errors: String) {
        try await run(.urlShortener, ["import", path, "--redis", server.url] + arguments, within: .seconds(60))
    }

    /// - Returns: nil when the output is no mapping of URLs.
    func mapping(_ output: String) -> [(url: String, code: String)]? {
        let start = "http://127.0.0.1:8082/"
        let records = CSVReader.read(output).compactMap { try? $0.content.get().map { String(decoding: $0, as: UTF8.self) } }
        guard records.first == ["url", "shortUrl"], records.allSatisfy({ $0.count == 2 }),
            records.dropFirst().allSatisfy({ $0[1].hasPrefix(start) })
        else { return nil }
        return records.dropFirst().map { ($0[0], String($0[1].dropFirst(start.count))) }
    }
}

/// Runs a body with a file of this text and a Redis of its own.
func withTable(_ text: String, _ body: (TableFile) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
        try await withRedis { server, redis in
            let path = folder + "/links.csv"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            try await body(TableFile(path: path, server: server, shortener: URLShortener(redis: redis)))
        }
    }
}
