import ServiceKit

extension Page {
    static let ofChat = Page(html: PackageResources.index_html, scripts: [:])
}
