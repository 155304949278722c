import EmbeddedRedis
import Foundation
import Redis
import TestSupport
import Testing
import URLShortener

/// `url-shortener import`: links from a table.
@Suite(.slots(1))
struct ImportCommandTests {
    @Test func `every link is created, and comes back in the order of the file`() async throws {
        try await withTable(
            """
            title,alias,url
            a,,https://example.org/1
            b,Second,https://example.org/2
            "c, with ""quotes""
            and lines",,"https://example.org/3?a,b"

            d
            e,fifth,https://example.org/5
            """
        ) { table in
            let result = try await table.importing()
            #expect(result.exit == .code(65), "\(result)")
            let mapping = try #require(table.mapping(result.output))
            #expect(
                mapping.map(\.url) == [
                    "https://example.org/1", "https://example.org/2", "https://example.org/3?a,b", "https://example.org/5",
                ])
            #expect(mapping[1].code == "Second" && mapping[3].code == "fifth")
            for (url, code) in mapping { #expect(try await table.shortener.link(code).url == url) }
            #expect(result.errors.contains("line 7: url: missing.\n4 links created, 1 line failed; "), "\(result.errors)")
            #expect(result.errors.contains("Error: 1 line of \(table.path) became no link.\n"), "\(result.errors)")
        }
    }

    @Test func `lines that fail are named, and the others become links`() async throws {
        try await withTable(
            """
            url,alias
            https://example.org/2,
            ftp://example.org/3,
            https://example.org/4,api
            https://example.org/5,same
            https://example.org/6,same
            https://example.org/7,a,b
            https://example.org/"8",
            http://127.0.0.1:8082/9,
            https://example.org/10,same
            https://example.org/é,accent
            https://example.org/e\u{301},accent
            """
        ) { table in
            let result = try await table.importing()
            #expect(result.exit == .code(65), "\(result)")
            #expect(
                table.mapping(result.output)?.map(\.url) == [
                    "https://example.org/2", "https://example.org/5", "https://example.org/é",
                ])
            for (line, word) in [
                (3, "http"), (4, "reserved"), (6, "taken"), (7, "3 fields"), (8, "quote"), (9, "this service"), (10, "taken"),
                // The same to the eye, and not the same bytes.
                (12, "taken"),
            ] {
                let reason = result.errors.split(separator: "\n").first { $0.hasPrefix("line \(line): ") }
                #expect(reason?.contains(word) == true, "\(line): \(result.errors)")
            }
            #expect(result.errors.split(separator: "\n").count == 10, "\(result.errors)")
        }
    }

    @Test func `so many failures are named and no more`() async throws {
        let rows = (0..<250).map { "https://example.org/\($0),\($0 % 2 == 0 ? "x" : "")\n" }.joined()
        try await withTable("url,alias\n" + rows + rows) { table in
            let result = try await table.importing()
            #expect(result.exit == .code(65), "\(result.exit)")
            #expect(result.errors.split(separator: "\n").count { $0.hasPrefix("line ") } == 100)
            #expect(result.errors.contains("250 links created, 250 lines failed"), "\(result.errors.suffix(300))")
        }
    }

    @Test func `an import that is repeated finds its aliases there`() async throws {
        let table =
            "alias,url\n" + (0..<1200).map { "alias-\($0),https://example.org/\($0)\n" }.joined() + ",https://example.org/none\n"
        try await withTable(table) { table in
            let first = try await table.importing()
            #expect(first.exit == .code(0) && first.errors.hasPrefix("1,201 links created; "), "\(first.errors)")
            let second = try await table.importing()
            #expect(
                second.exit == .code(0) && second.errors.hasPrefix("1 link created, 1,200 already there; "), "\(second.errors)")
            let mappings = try [first, second].map { try #require(table.mapping($0.output)) }
            #expect(mappings[0].dropLast().map(\.code) == mappings[1].dropLast().map(\.code))
            #expect(mappings[0].last?.code != mappings[1].last?.code, "without an alias there is nothing to find it by")

            // A link that has an end, leads elsewhere or was deleted is not what the table wants.
            let administration = Requester.administration
            _ = try await table.shortener.change("alias-1", LinkChange(url: "https://example.org/x"), by: administration)
            try await table.shortener.delete("alias-2", by: administration)
            _ = try await table.shortener.change("alias-3", LinkChange(maxVisits: .set(5)), by: administration)
            let third = try await table.importing()
            #expect(third.exit == .code(65) && third.errors.contains("1 link created, 1,197 already there, 3 lines failed; "))
            for line in 3...5 { #expect(third.errors.contains("line \(line): alias: it is taken.\n"), "\(third.errors)") }
        }
    }

    @Test func `it goes on from a line`() async throws {
        try await withTable("url\n\"https://example.org/2\"\nhttps://example.org/3\nnonsense\nhttps://example.org/5\n") { table in
            let result = try await table.importing("--from-line", "5")
            #expect(result.exit == .code(0) && table.mapping(result.output)?.map(\.url) == ["https://example.org/5"], "\(result)")
            let behind = try await table.importing("--from-line", "6")
            #expect(behind.exit == .code(0) && behind.output == "url,shortUrl\n", "\(behind)")
        }
    }

    @Test func `without Redis' address it uses the service's own Redis`() async throws {
        try await withTable("url,alias\nhttps://example.org/1,mine\n") { table in
            try await withTemporaryFolder { folder in
                let result = try await run(.urlShortener, ["import", table.path], environment: ["DATA_DIR": folder])
                #expect(result.exit == .code(0), "\(result)")
                try await withService(.urlShortener, dataDirectory: folder) { service in
                    try await eventually("ready") { try await service.isReady() }
                    #expect(try await service.request("GET", "/mine")["Location"] == "https://example.org/1")
                }
            }
        }
    }

    @Test func `what cannot be begun has an exit code of its own`() async throws {
        try await withTable("url\nhttps://example.org/1\n") { table in
            func expect(_ arguments: [String], _ code: Int32, _ word: String) async throws {
                let result = try await run(.urlShortener, ["import", "--redis", table.server.url] + arguments)
                #expect(result.exit == .code(code) && result.output.isEmpty, "\(arguments): \(result)")
                let first = result.errors.prefix { $0 != "\n" }
                #expect(first.hasPrefix("Error: ") && first.contains(word), "\(result.errors)")
            }
            try await expect(["/none/links.csv"], 66, "/none/links.csv")
            try await expect(["/tmp"], 66, "directory")
            try await expect([], 64, "<file>")
            try await expect([table.path, "--from-line", "0"], 64, "--from-line")
            try await expect([table.path, "--base-url", "nonsense"], 64, "--base-url")
            try await expect(["/dev/null"], 65, "empty")
            try await expect(["-"], 65, "Standard input")
            try "link,alias\nhttps://example.org,\n".write(toFile: table.path, atomically: true, encoding: .utf8)
            try await expect([table.path], 65, "column url")
        }
    }
}
