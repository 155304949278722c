import Testing

@testable import RateLimiterReplay

/// What is counted while requests are decided.
@Suite struct MeasuringTests {
    @Test(arguments: 0..<200)
    func worstBurstIsThatOfBruteForce(seed: Int) {
        let length = Int64.random(in: 1...40)
        let keys = Int32.random(in: 1...4)
        var time: Int64 = 1000
        let admitted = (0..<Int.random(in: 1...300)).map { _ in
            time += Bool.random() ? 0 : Int64.random(in: 0...(Bool.random() ? 5 : 60))
            return (key: Int32.random(in: 0..<keys), time: time)
        }
        var meter = BurstMeter(length: length)
        for (key, time) in admitted { meter.admit(key: key, at: time) }

        // A greatest window can begin with a request, too.
        let greatest = admitted.map { start in
            admitted.count { $0.key == start.key && $0.time >= start.time && $0.time < start.time + length }
        }.max()
        #expect(meter.worst?.count == greatest)
        if let worst = meter.worst {
            #expect(worst.last - worst.first < length)
            let inside = admitted.count { $0.key == worst.key && (worst.first...worst.last).contains($0.time) }
            #expect(inside == worst.count)
        }
    }

    @Test func idleKeysAreForgotten() {
        var meter = BurstMeter(length: 100)
        for index in 0..<200_000 {
            meter.admit(key: Int32(index), at: Int64(index))
            #expect(meter.heldKeys <= 1224)
        }
        #expect(meter.worst?.count == 1)
    }

    @Test func bucketsStayBoundedAndLoseNothing() {
        for _ in 0..<50 {
            var series = TimeSeries(columns: 2, capacity: 60)
            var times: [Int64] = []
            var time = Int64.random(in: 0...2_000_000_000) * 1_000_000
            for _ in 0..<500 {
                time += Int64.random(in: 0...([1, 100, 10_000, 3_000_000].randomElement() ?? 1)) * 1_000_000
                times.append(time)
                series.add(at: time, column: 0)
                if times.count.isMultiple(of: 2) { series.add(at: time, column: 1) }
            }
            series.smooth(keeping: 10)
            let start = series.start ?? 0
            #expect(start.isMultiple(of: series.bucketWidth))
            #expect(series.columns[0].count <= 60)
            var expected = Array(repeating: 0, count: series.columns[0].count)
            for time in times { expected[Int((time - start) / series.bucketWidth)] += 1 }
            #expect(series.columns[0] == expected)
            #expect(series.columns[1].reduce(0, +) == 250)
            #expect(series.columns[1].count == series.columns[0].count)
        }
    }

    @Test func aSparseSeriesIsSmoothed() {
        var series = TimeSeries(columns: 1)
        for hour in 0..<83 { series.add(at: Int64(hour * 3600 + 300) * 1_000_000, column: 0) }
        #expect(series.bucketWidth == 900_000_000)
        series.smooth(keeping: 60)
        #expect(series.bucketWidth == 3_600_000_000)
        #expect(series.columns == [Array(repeating: 1, count: 83)])
    }
}
