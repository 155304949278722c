import Foundation
import ServiceKit
import URLShortener

/// Shows where a link leads, and does not go there.
struct PreviewPage {
    let id: String
    let record: LinkRecord
    let shortURL: String

    var html: String {
        let values = [
            "id": id, "host": host, "url": visible(record.url), "shortUrl": shortURL,
            "createdAt": Timestamp.readable(milliseconds: record.createdAtMilliseconds), "ends": ends,
        ]
        // In one pass: a URL may hold a placeholder.
        var html = ""
        var rest = String(decoding: PackageResources.preview_html, as: UTF8.self)[...]
        while let start = rest.firstRange(of: "{{"), let end = rest[start.upperBound...].firstRange(of: "}}") {
            html += rest[..<start.lowerBound]
            html += escaped(values[String(rest[start.upperBound..<end.lowerBound])] ?? "")
            rest = rest[end.upperBound...]
        }
        return html + rest
    }

    /// What a reader decides by: in ASCII, so that letters that look alike do not deceive.
    private var host: String {
        visible(URLComponents(string: record.url)?.encodedHost ?? record.url)
    }

    private var ends: String {
        let parts = [
            record.expiresAtMilliseconds.map { Timestamp.readable(milliseconds: $0) },
            record.maxVisits.map { $0 == 1 ? "after 1 visit" : "after \($0) visits" },
        ].compactMap { $0 }
        return parts.isEmpty ? "never" : parts.joined(separator: " or ")
    }

    /// Outside printable ASCII stand characters that turn a text around, or look like others.
    private func visible(_ text: String) -> String {
        text.utf8.reduce(into: "") { visible, byte in
            if (0x21...0x7E).contains(byte) {
                visible.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                visible += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
    }

    private func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }
}
