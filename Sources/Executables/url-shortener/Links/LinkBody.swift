import HTTPTypes
import Hummingbird
import NIOCore
import ServiceKit
import URLShortener

/// A link that a client wants: the body of `POST /shorten`, and each element of a batch.
struct LinkBody: Decodable, Sendable {
    var url: String
    var alias: String?
    var expiresInSeconds: Int?
    var maxVisits: Int?

    func link(owner: String?) -> NewLink {
        NewLink(url: url, alias: alias, expiresInSeconds: expiresInSeconds, maxVisits: maxVisits, owner: owner)
    }

    /// Reads JSON, or what an HTML form sends. Some clients call everything a form: no form begins with a brace.
    static func read(_ request: inout Request) async throws -> LinkBody {
        let contentType = request.headers[.contentType]?.lowercased() ?? ""
        let body = try await request.body()
        let isForm =
            contentType.hasPrefix("application/x-www-form-urlencoded") && body.readableBytesView.first != UInt8(ascii: "{")
        return isForm ? try LinkBody(form: FormFields(body)) : try JSONBody.decode(LinkBody.self, from: body)
    }

    private init(form: FormFields) throws {
        guard let url = form["url"] else { throw Problem(.badRequest, "url: required.") }
        self.url = url
        alias = form["alias"]
        expiresInSeconds = try form.integer("expiresInSeconds")
        maxVisits = try form.integer("maxVisits")
    }
}

/// `POST /v1/links/batch`. What is wrong with one link concerns no other.
struct BatchBody: Decodable, Sendable {
    static let maximumLinks = 1_000
    /// 1,000 of the longest URLs, with room for escapes.
    static let maximumLength = 16 << 20

    struct Element: Decodable, Sendable {
        let link: Result<LinkBody, any Error>

        init(from decoder: any Decoder) {
            link = Result { try LinkBody(from: decoder) }
        }
    }
    let links: [Element]
}

/// `PATCH /v1/links/{id}`: what is absent stays, `null` lifts a limit.
struct ChangeBody: Decodable, Sendable {
    let change: LinkChange

    private enum Field: String, CodingKey { case url, expiresInSeconds, maxVisits }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Field.self)
        func part(_ field: Field) throws -> LinkChange.Part<Int> {
            guard fields.contains(field) else { return .unchanged }
            return try fields.decodeNil(forKey: field) ? .removed : .set(try fields.decode(Int.self, forKey: field))
        }
        change = LinkChange(
            url: fields.contains(.url) ? try fields.decode(String.self, forKey: .url) : nil,
            expiresInSeconds: try part(.expiresInSeconds), maxVisits: try part(.maxVisits))
    }
}
