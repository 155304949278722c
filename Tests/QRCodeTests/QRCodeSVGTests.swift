import Testing

@testable import QRCode

@Suite("QR codes as SVG")
struct QRCodeSVGTests {
    @Test("The strokes cover the dark modules and nothing else, each once", arguments: [1, 20, 300, 2331])
    func strokes(length: Int) throws {
        let code = try QRCode(text: String(repeating: "u", count: length))
        let path = try #require(code.svg().firstMatch(of: /<path stroke="#000" d="([^"]*)"/)).1
        var drawn: Set<[Int]> = []
        var x = 0
        var y = 0
        for step in path.matches(of: /M(\d+) (\d+)\.5|m(\d+) 0|h(\d+)/) {
            if let column = step.1.flatMap({ Int($0) }), let row = step.2.flatMap({ Int($0) }) {
                (x, y) = (column, row)
            } else if let gap = step.3.flatMap({ Int($0) }) {
                x += gap
            } else if let run = step.4.flatMap({ Int($0) }) {
                for column in x..<(x + run) {
                    #expect(drawn.insert([column, y]).inserted)
                }
                x += run
                // Runs are as long as they can be.
                #expect(!code[x - QRCode.quietZone, y - QRCode.quietZone])
            }
        }
        let side = code.width + 2 * QRCode.quietZone
        for y in 0..<side {
            for x in 0..<side {
                #expect(drawn.contains([x, y]) == code[x - QRCode.quietZone, y - QRCode.quietZone])
            }
        }
        #expect(drawn.count > side)
    }

    @Test("Four light modules surround it, on a white ground")
    func quietZone() throws {
        let svg = try QRCode(text: "https://sho.rt/abc").svg()
        #expect(svg.hasPrefix(##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 33 33" "##))
        #expect(svg.contains(##"<path fill="#fff" d="M0 0h33v33H0z"/>"##))
        #expect(svg.contains(#"d="M4 4.5h7m"#))
    }

    @Test("It is small: a short link in 2 KiB")
    func small() throws {
        #expect(try QRCode(text: "https://short.example.org/aZ09bY8").svg().utf8.count < 2048)
    }

    @Test("Its title is text, whatever stands in it")
    func title() throws {
        let hostile = "https://sho.rt/?a=1&b=</title><script>alert(\"1\")</script>\u{0}\u{1F}\n"
        let svg = try QRCode(text: hostile).svg()
        let escaped = "https://sho.rt/?a=1&amp;b=&lt;/title&gt;&lt;script&gt;alert(\"1\")&lt;/script&gt;\u{FFFD}\u{FFFD}&#10;"
        #expect(svg.contains("<title>\(escaped)</title>"))
        #expect(try QRCode(text: "a").svg(title: "b").contains("<title>b</title>"))
    }
}
