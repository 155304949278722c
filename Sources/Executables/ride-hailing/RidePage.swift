import ServiceKit

extension Page {
    static let ofRides = Page(
        html: PackageResources.index_html,
        scripts: [
            "ride-hailing.js": PackageResources.ride_hailing_js, "town.js": PackageResources.town_js,
            "view.js": PackageResources.view_js, "streets.js": PackageResources.streets_js,
            "cars.js": PackageResources.cars_js, "trip.js": PackageResources.trip_js,
            "request.js": PackageResources.request_js, "ride.js": PackageResources.ride_js,
            "timeline.js": PackageResources.timeline_js, "trail.js": PackageResources.trail_js,
            "driver.js": PackageResources.driver_js, "drive.js": PackageResources.drive_js,
            "demonstration.js": PackageResources.demonstration_js, "socket.js": PackageResources.socket_js,
            "words.js": PackageResources.words_js, "traveller.js": PackageResources.traveller_js,
            "played.js": PackageResources.played_js,
        ])
}
