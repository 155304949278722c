import EmbeddedRedis
import Foundation
import TestSupport
import Testing

/// What an import does when Redis goes away.
@Suite(.slots(1))
struct ImportInterruptionTests {
    @Test func `it says how far it came, and goes on from there`() async throws {
        let rows = (0..<400).map { "https://example.org/\($0),row-\($0)\n" }
        try await withTable("url,alias\n" + rows.joined()) { table in
            let pipe = table.path + ".pipe"
            try #require(mkfifo(pipe, 0o600) == 0)
            let input = try #require(FileHandle(forUpdatingAtPath: pipe))
            let arguments = ["import", pipe, "--redis", table.server.url]
            try await withProgram(.urlShortener, arguments) { program in
                try input.write(contentsOf: Data(("url,alias\n" + rows[..<150].joined()).utf8))
                try await eventually("the first rows are links") { table.mapping(program.standardOutput)?.count == 150 }
                await table.server.kill()
                try input.write(contentsOf: Data(rows[150..<300].joined().utf8))
                #expect(try await program.exit(within: .seconds(60)) == .code(69))
                let errors = program.standardError
                #expect(errors.contains("150 links created; ") && errors.contains("Error: Redis"), "\(errors)")
                #expect(errors.contains("Go on with --from-line 152."), "\(errors)")
                #expect(table.mapping(program.standardOutput)?.count == 150)
            }
            try await table.server.restart()
            let rest = try await table.importing("--from-line", "152")
            #expect(rest.exit == .code(0) && rest.errors.hasPrefix("250 links created; "), "\(rest)")
            #expect(table.mapping(rest.output)?.first?.code == "row-150")
        }
    }

    @Test func `without Redis from the beginning, it goes on from the first line`() async throws {
        try await withTable("url\nhttps://example.org/1\n") { table in
            await table.server.stop()
            let result = try await table.importing()
            #expect(result.exit == .code(69) && result.output == "url,shortUrl\n", "\(result)")
            #expect(result.errors.hasPrefix("0 links created; "), "\(result.errors)")
            #expect(result.errors.contains("Go on with --from-line 2."), "\(result.errors)")
        }
    }
}
