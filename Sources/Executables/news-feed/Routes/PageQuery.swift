import Hummingbird
import NewsFeed
// ServiceKit has another.
import struct NewsFeed.Page
import ServiceKit

/// Which part of a list is asked for: `?cursor=&limit=`.
struct PageQuery {
    let cursor: String?
    let limit: Int

    /// - Throws: ``Problem``: 400.
    init(_ request: Request, defaultLimit: Int = 20, maximumLimit: Int = 100) throws {
        let parameters = request.uri.queryParameters
        cursor = parameters["cursor"].flatMap { $0.isEmpty ? nil : String($0) }
        guard let text = parameters["limit"] else {
            limit = defaultLimit
            return
        }
        guard let number = Int(text), (1...maximumLimit).contains(number) else {
            throw Problem(.badRequest, "limit: an integer from 1 to \(maximumLimit).")
        }
        limit = number
    }
}

extension Page {
    /// - Parameters:
    ///   - name: of the member that holds the items.
    ///   - json: what each is told as.
    func response(_ name: String, _ json: (Item) -> JSONText) -> Response {
        .json(
            JSONText.object([
                (name, .array(items.map(json))), ("nextCursor", nextCursor.map { .string($0) } ?? .null),
            ]).text)
    }
}
