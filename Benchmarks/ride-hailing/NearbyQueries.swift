import NIOCore
import NIOHTTP1

/// Riders in the centre who look for drivers, at a constant rate. Latency counts from the moment at which a question was to be asked.
///
/// Everything happens on one event loop.
final class NearbyQueries {
    static let (radiusMeters, limit) = (3_000, 10)

    private let requester: HTTPRequester
    private let eventLoop: any EventLoop
    private var done: EventLoopPromise<[Int]>?
    private var pace: Pace?
    private var latencies: [Int] = []
    private var answered = 0

    init(_ requester: HTTPRequester, on eventLoop: any EventLoop) {
        (self.requester, self.eventLoop) = (requester, eventLoop)
    }

    /// - Returns: microseconds, of each that is counted.
    func ask(_ rate: Int, warmUp: Int, counted: Int) -> EventLoopFuture<[Int]> {
        let done = eventLoop.makePromise(of: [Int].self)
        self.done = done
        let pace = Pace(rate, count: warmUp + counted, on: eventLoop) { number, due in
            let place = City.placeOfRider(number)
            let path =
                "/v1/drivers/nearby?lat=\(place.latitudeText)&lon=\(place.longitudeText)"
                + "&radiusMeters=\(Self.radiusMeters)&limit=\(Self.limit)"
            self.requester.send(.init(method: .GET, path: path, user: "rider\(number)")) { answer in
                guard answer.status == 200, Self.drivers(in: answer.body) == Self.limit else {
                    return self.fail(LoadError.unexpected("\(answer.status) \(String(buffer: answer.body))"))
                }
                if number >= warmUp { self.latencies.append(Int((NIODeadline.now() - due).nanoseconds / 1000)) }
                self.answered += 1
                if self.answered == warmUp + counted { done.succeed(self.latencies) }
            }
        }
        self.pace = pace
        pace.start()
        return done.futureResult
    }

    func fail(_ error: any Error) {
        pace?.stop()
        done?.fail(error)
    }

    /// How many drivers an answer names: each has this member, and no name has quotation marks.
    private static func drivers(in body: ByteBuffer) -> Int {
        let member = Array(#""distanceMeters""#.utf8)
        return body.withUnsafeReadableBytes { bytes in
            var (count, index) = (0, 0)
            while index + member.count <= bytes.count {
                if bytes[index] == member[0], bytes[index..<index + member.count].elementsEqual(member) {
                    count += 1
                    index += member.count
                } else {
                    index += 1
                }
            }
            return count
        }
    }
}
