import HTTPTypes
public import Hummingbird
import NIOCore

/// The page for people at `/`: plain HTML, CSS and JavaScript modules, all from the binary.
public struct Page: Sendable {
    private struct Asset: Sendable {
        let path: String
        let contentType: String
        let bytes: [UInt8]
    }
    private let assets: [Asset]
    private let showsForeignImages: Bool

    /// - Parameters:
    ///   - html: the page; it may refer to `/assets/groundwork.css` and to the scripts.
    ///   - scripts: JavaScript modules by their name below `/assets/`; they may import `./groundwork.js` and `./identity.js`.
    ///   - showsForeignImages: whether images may come from anywhere else. Everything else may not.
    public init(html: [UInt8], scripts: [String: [UInt8]], showsForeignImages: Bool = false) {
        let shared = ["groundwork.js": PackageResources.groundwork_js, "identity.js": PackageResources.identity_js]
        assets =
            [
                Asset(path: "/", contentType: "text/html; charset=utf-8", bytes: html),
                Asset(
                    path: "/assets/groundwork.css", contentType: "text/css; charset=utf-8", bytes: PackageResources.groundwork_css
                ),
            ]
            + shared.merging(scripts) { $1 }.map {
                Asset(path: "/assets/\($0)", contentType: "text/javascript; charset=utf-8", bytes: $1)
            }
        self.showsForeignImages = showsForeignImages
    }

    /// Nothing from elsewhere, nothing inline: what a stranger might slip into the page does not run.
    private static func contentSecurityPolicy(showsForeignImages: Bool) -> String {
        """
        default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
        img-src 'self' data:\(showsForeignImages ? " http: https:" : ""); base-uri 'none'; form-action 'self'; \
        frame-ancestors 'none'
        """
    }

    private static func headers(contentType: String, cacheControl: String, showsForeignImages: Bool = false) -> HTTPFields {
        [
            .contentType: contentType, .cacheControl: cacheControl, .xContentTypeOptions: "nosniff",
            .contentSecurityPolicy: contentSecurityPolicy(showsForeignImages: showsForeignImages),
        ]
    }

    /// What is drawn for one request, and not kept by anyone.
    /// - Parameter contentType: HTML unless given.
    public static func response(
        _ text: String, contentType: String = "text/html; charset=utf-8"
    ) -> Response {
        Response(
            status: .ok, headers: headers(contentType: contentType, cacheControl: "no-store"),
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    func addRoutes(to router: Router<ServiceRequestContext>) {
        for asset in assets {
            let body = ByteBuffer(bytes: asset.bytes)
            let headers = Self.headers(
                contentType: asset.contentType, cacheControl: "no-cache", showsForeignImages: showsForeignImages)
            router.get(RouterPath(asset.path)) { _, _ in Response(status: .ok, headers: headers, body: .init(byteBuffer: body)) }
        }
    }
}
