import Testing
import URLShortener

@testable import url_shortener

@Suite struct LinkColumnsTests {
    @Test(
        arguments: [
            ("url,alias\nhttp://a,b", "http://a", "b"),
            ("alias,url\nb,http://a", "http://a", "b"),
            ("title, URL ,\"Alias\",note\nx,http://a,b,y", "http://a", "b"),
            ("url\nhttp://a", "http://a", nil),
            ("url,alias\nhttp://a,", "http://a", nil),
            ("url,alias\nhttp://a", "http://a", nil),
            ("url,alias\n http://a , b ", " http://a ", " b "),
        ] as [(String, String, String?)])
    func `columns are found by their names`(_ text: String, _ url: String, _ alias: String?) throws {
        #expect(try links(text) == [.success(NewLink(url: url, alias: alias))])
    }

    @Test(arguments: [
        ("link,alias\n", "must name a column url"), ("url;alias\n", "url;alias"), ("url,alias,Url\n", "url more than once"),
        ("url,alias,ALIAS\n", "alias more than once"), ("\"url\n", "never closed"),
    ])
    func `a header that cannot be understood`(_ text: String, _ reason: String) {
        let flaw = #expect(throws: HeaderFlaw.self) { _ = try links(text) }
        #expect(flaw?.reason.contains(reason) == true, "\(flaw?.reason ?? "")")
    }

    @Test(arguments: [
        ("url,alias\n,b", "url"), ("alias,url\nb", "url"), ("url,alias\nhttp://a/x,y,b", "3 fields"),
        ("url\nhttp://a/x,y", "2 fields"), ("url\na\"b", "quote"),
    ])
    func `a row that is no link`(_ text: String, _ reason: String) throws {
        let link = try #require(try links(text).first)
        #expect(throws: RowFlaw.self) { try link.get() }
        if case .failure(let flaw) = link { #expect(flaw.reason.contains(reason), "\(flaw.reason)") }
    }

    @Test func `text that is not UTF-8 matters only where it is read`() throws {
        let latin: [UInt8] = [0xE9]
        var reader = CSVReader()
        let records = reader.push(Array("url,alias,title\nhttp://a,b,".utf8) + latin + Array("\nhttp://a/".utf8) + latin)
        let columns = try LinkColumns(header: records[0])
        #expect(columns.link(in: records[1]) == .success(NewLink(url: "http://a", alias: "b")))
        let last = try #require(reader.finish().first)
        #expect(columns.link(in: last) == .failure(RowFlaw(reason: "it is not UTF-8.")))
    }

    private func links(_ text: String) throws -> [Result<NewLink, RowFlaw>] {
        let records = CSVReader.read(text)
        let columns = try LinkColumns(header: records[0])
        return records.dropFirst().map { columns.link(in: $0) }
    }
}
