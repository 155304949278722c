import Redis
import TestSupport
import Testing

@testable import RedisMeasuring

@Suite("What is measured")
struct MeasuringTests {
    @Test("Percentiles are those of brute force")
    func percentiles() {
        var random = SeededGenerator()
        for _ in 0..<200 {
            let durations = (0..<Int.random(in: 1...300, using: &random)).map { _ in Int.random(in: 0...50, using: &random) }
            let percentiles = Percentiles(durations.map { .milliseconds($0) })
            func least(share: Double) -> Double? {
                durations.sorted().first { value in Double(durations.count { $0 <= value }) >= share * Double(durations.count) }
                    .map(Double.init)
            }
            #expect(percentiles.p50 == least(share: 0.5) && percentiles.p99 == least(share: 0.99), "\(random)")
            #expect(percentiles.max == durations.max().map(Double.init))
        }
        #expect(Percentiles([]).p99 == 0)
        #expect(Percentiles([.microseconds(1234), .nanoseconds(10)]).max == 1.234)
    }

    @Test("An account of Redis is read, whatever else is in it")
    func information() {
        let text = """
            # CPU\r
            used_cpu_sys:9.5\r
            used_cpu_sys_main_thread:0.25\r
            used_cpu_user_main_thread:1.000005\r
            used_memory:5000\r
            mem_aof_buffer:8\r
            total_net_input_bytes:77\r
            cmdstat_zadd:calls=12,usec=492,usec_per_call=41.00,rejected_calls=0,failed_calls=0\r
            cmdstat_client|list:calls=3,usec=1\r
            cmdstat_info:calls=4,usec=1\r
            cmdstat_get:\r
            db0:keys=1\r
            nonsense
            """
        let information = RedisInformation(text, clients: "id=1 tot-mem=1000 cmd=x\nid=2 tot-mem=92 cmd=y\n")
        #expect(information.counters.cpuMicroseconds.rounded() == 1_250_005)
        #expect(information.counters.receivedBytes == 77 && information.counters.commands == 12)
        #expect(information.counters.calls["zadd"] == 12 && information.usedMemory == 5000 - 8 - 1092)
        let old = RedisInformation("used_cpu_sys:1\nused_cpu_user:2\n")
        #expect(old.counters.cpuMicroseconds == 3_000_000)
    }

    @Test("The difference of two accounts is what was done between them, in scripts too")
    func difference() async throws {
        try await withRedis { _, redis in
            let before = try await RedisInformation.read(from: redis)
            for number in 0..<10 { _ = try await redis.send(RedisCommand("ZADD", "key", number, "member\(number)")) }
            let script = RedisScript(name: "test", source: "redis.call('ZADD', KEYS[1], 1, ARGV[1])")
            _ = try await redis.evaluate(script, keys: ["key"], String(repeating: "x", count: 100_000))
            let after = try await RedisInformation.read(from: redis)
            let done = RedisCounters([after.counters - before.counters])
            #expect(done.calls["zadd"] == 11)
            // Ten, the one in the script, and the script's call: first by its digest, then by its source.
            #expect((12...13).contains(done.commands), "\(done.calls)")
            #expect((200_000...202_000).contains(done.receivedBytes), "\(done.receivedBytes)")
            #expect(done.cpuMicroseconds > 0)
            #expect((90_000...300_000).contains(after.usedMemory - before.usedMemory), "\(after.usedMemory - before.usedMemory)")
        }
    }
}
