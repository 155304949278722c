import ServiceKit

extension Page {
    static let ofRides = Page(
        html: PackageResources.index_html, scripts: ["ride-hailing.js": PackageResources.ride_hailing_js])
}
