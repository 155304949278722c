package import Redis

/// What a server has done, by its own account (`INFO`); or the difference of two such accounts.
package struct RedisCounters: Sendable, Equatable {
    /// Calls of each command; what scripts call counts as well as the call of the script.
    package var calls: [String: Int]
    /// Bytes that clients have sent, protocol included.
    package var receivedBytes: Int
    /// What the thread that executes commands has computed, network included.
    package var cpuMicroseconds: Double

    package init(calls: [String: Int] = [:], receivedBytes: Int = 0, cpuMicroseconds: Double = 0) {
        (self.calls, self.receivedBytes, self.cpuMicroseconds) = (calls, receivedBytes, cpuMicroseconds)
    }

    /// All but the looking itself.
    package var commands: Int { calls.reduce(0) { $0 + (Self.looking.contains($1.key) ? 0 : $1.value) } }

    private static let looking: Set = ["info", "client|list", "client"]

    package static func - (left: RedisCounters, right: RedisCounters) -> RedisCounters {
        RedisCounters(
            calls: left.calls.merging(right.calls.mapValues { -$0 }, uniquingKeysWith: +),
            receivedBytes: left.receivedBytes - right.receivedBytes,
            cpuMicroseconds: left.cpuMicroseconds - right.cpuMicroseconds)
    }
}

extension RedisCounters {
    /// All of them together.
    package init(_ parts: [RedisCounters]) {
        self.init()
        for part in parts {
            calls.merge(part.calls, uniquingKeysWith: +)
            receivedBytes += part.receivedBytes
            cpuMicroseconds += part.cpuMicroseconds
        }
    }
}

/// The answers to `INFO ALL` and `CLIENT LIST`.
package struct RedisInformation: Sendable {
    package let counters: RedisCounters
    /// Without the buffers of clients and of the log, which come and go.
    package let usedMemory: Int

    package init(_ text: String, clients: String = "") {
        var counters = RedisCounters()
        var numbers: [Substring: Double] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let (name, value) = (line[..<colon], line[line.index(after: colon)...])
            if name.hasPrefix("cmdstat_") {
                // calls=11,usec=492,…
                let calls = value.dropFirst("calls=".count).prefix { $0 != "," }
                counters.calls[String(name.dropFirst("cmdstat_".count)), default: 0] += Int(calls) ?? 0
            } else if let number = Double(value) {
                numbers[name] = number
            }
        }
        func number(_ name: Substring) -> Double { numbers[name] ?? 0 }
        counters.receivedBytes = Int(number("total_net_input_bytes"))
        // Before Redis 6.2 only that of all threads is known.
        let suffix = numbers["used_cpu_user_main_thread"] == nil ? "" : "_main_thread"
        counters.cpuMicroseconds = (number("used_cpu_user" + suffix) + number("used_cpu_sys" + suffix)) * 1_000_000
        self.counters = counters
        // INFO's own sum of them is up to a second old.
        let buffers = clients.split { $0 == " " || $0.isNewline }.filter { $0.hasPrefix("tot-mem=") }
            .reduce(0) { $0 + (Int($1.dropFirst("tot-mem=".count)) ?? 0) }
        usedMemory = Int(number("used_memory") - number("mem_aof_buffer")) - buffers
    }

    package static func read(from redis: RedisClient) async throws(RedisError) -> RedisInformation {
        let clients: String = try await redis.send(RedisCommand("CLIENT", "LIST", isIdempotent: true)).decode()
        return RedisInformation(try await redis.send(RedisCommand("INFO", "ALL", isIdempotent: true)).decode(), clients: clients)
    }
}
