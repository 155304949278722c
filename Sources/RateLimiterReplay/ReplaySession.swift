import RateLimiter
import Terminal

/// The state of a replay, without its input and output: lines go in, batches come out, decisions go in, a result comes out.
struct ReplaySession {
    /// Requests in order of time, and their keys' numbers.
    struct Batch {
        fileprivate(set) var requests: [ReplayRequest] = []
        fileprivate(set) var keys: [Int32] = []
    }

    private static let namedMalformedLines = 5
    private static let namedKeys = 10

    private let configuration: ReplayConfiguration
    private let algorithms: [String]
    private var keys = KeyTable()
    private var buffer: ReorderBuffer<Int32>
    private var ready = Batch()
    private var tallies: [ReplayTally]
    /// Column 0: asked; the others: admitted, one for each algorithm.
    private var series: TimeSeries
    private var lines = 0
    private var blankLines = 0
    private var malformedLines = 0
    private var firstMalformed: [ReplayResult.MalformedLine] = []
    private var withoutKey = 0
    private var requests = 0
    private var times: (first: Int64, last: Int64) = (0, 0)

    init(configuration: ReplayConfiguration, algorithms: [String]) {
        self.configuration = configuration
        self.algorithms = algorithms
        buffer = ReorderBuffer(horizon: configuration.reorderMs * 1000, capacity: configuration.reorderCapacity)
        tallies = algorithms.map { _ in ReplayTally(period: configuration.limit.periodMicroseconds) }
        series = TimeSeries(columns: algorithms.count + 1)
    }

    mutating func read(_ line: LineSplitter.Line) {
        lines += 1
        switch line {
        case .tooLong(let start):
            noteMalformed(start, "it is longer than \(LineSplitter.longestLine / 1024) KiB")
        case .whole(let bytes) where bytes.isEmpty || bytes.elementsEqual("\r".utf8):
            blankLines += 1
        case .whole(let bytes):
            do {
                let parsed = try AccessLogLine(parsing: bytes)
                if let key = configuration.key.value(for: parsed) {
                    buffer.push(keys.number(of: key), time: parsed.time.microseconds)
                    takeWhatIsInOrder()
                } else {
                    withoutKey += 1
                }
            } catch {
                noteMalformed(bytes, error.reason)
            }
        }
    }

    /// The next requests in order of time, once there are enough for a batch; with `isLast`, all that are left.
    mutating func nextBatch(isLast: Bool) -> Batch? {
        if isLast { takeWhatIsInOrder(all: true) }
        let count = min(ready.requests.count, configuration.batchSize)
        guard count == configuration.batchSize || isLast && count > 0 else { return nil }
        defer {
            ready.requests.removeFirst(count)
            ready.keys.removeFirst(count)
        }
        return Batch(requests: Array(ready.requests.prefix(count)), keys: Array(ready.keys.prefix(count)))
    }

    /// - Parameter decisions: for each algorithm whether it admits each request of the batch.
    mutating func record(_ batch: Batch, decisions: [[Bool]]) {
        if requests == 0 { times.first = batch.requests[0].time }
        requests += batch.requests.count
        for (index, request) in batch.requests.enumerated() {
            let key = batch.keys[index]
            times.last = request.time
            keys.countAsked(key)
            series.add(at: request.time, column: 0)
            for algorithm in tallies.indices {
                let isAdmitted = decisions[algorithm][index]
                tallies[algorithm].record(key, at: request.time, isAdmitted: isAdmitted)
                if isAdmitted { series.add(at: request.time, column: algorithm + 1) }
            }
        }
    }

    func progress(of reader: AccessLogReader) -> ReplayProgress {
        ReplayProgress(readBytes: reader.readBytes, totalBytes: reader.totalBytes, lines: lines)
    }

    func result(bytes: Int64, damage: ReplayError?) throws(ReplayError) -> ReplayResult {
        var series = series
        series.smooth(keeping: 60)
        guard let start = series.start else { throw damage ?? whyNothingWasReplayed }
        return ReplayResult(
            path: configuration.path, limit: configuration.limit, by: configuration.key,
            bytes: bytes, lines: lines, blankLines: blankLines, malformedLines: malformedLines, firstMalformed: firstMalformed,
            withoutKey: withoutKey, outOfOrder: buffer.outOfOrder, late: buffer.late,
            requests: requests, keys: keys.names.count,
            first: ReplayTime(microseconds: times.first), last: ReplayTime(microseconds: times.last),
            timeline: .init(
                start: ReplayTime(microseconds: start), bucketMs: series.bucketWidth / 1000, asked: series.columns[0]),
            algorithms: algorithms.indices.map {
                tallies[$0].summary(
                    algorithm: algorithms[$0], keys: keys, namedKeys: Self.namedKeys, overTime: series.columns[$0 + 1])
            },
            damage: damage)
    }

    private var whyNothingWasReplayed: ReplayError {
        let path = configuration.path.visible(limit: 200)
        if withoutKey > 0 {
            return ReplayError(
                .noKey, "No request in \(path) was logged with its \(configuration.key): use another field to tell them apart.")
        }
        guard let line = firstMalformed.first else { return ReplayError(.notAnAccessLog, "\(path) is empty.") }
        return ReplayError(
            .notAnAccessLog, "No line of \(path) could be read as an access log's; line \(line.number): \(line.reason).")
    }

    /// Done after each line, so that what is late does not depend on how the file happens to be cut into chunks.
    private mutating func takeWhatIsInOrder(all: Bool = false) {
        while let event = buffer.pop(all: all) {
            ready.requests.append(ReplayRequest(key: keys.names[Int(event.payload)], time: event.time))
            ready.keys.append(event.payload)
        }
    }

    private mutating func noteMalformed(_ line: ArraySlice<UInt8>, _ reason: String) {
        malformedLines += 1
        guard firstMalformed.count < Self.namedMalformedLines else { return }
        let text = String(decoding: line.prefix(1024), as: UTF8.self).visible(limit: 160)
        firstMalformed.append(.init(number: lines, reason: reason, text: text))
    }
}
