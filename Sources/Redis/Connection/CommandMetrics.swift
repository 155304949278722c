import Metrics
import NIOCore

/// Count, errors and latency by command name, with handles that are made once.
///
/// `redis_commands_total{command}`, `redis_command_errors_total{command,code}`, `redis_command_duration{command}`.
struct CommandMetrics {
    private struct Handles {
        let name: String
        let count: Counter
        let duration: Timer
    }
    private var byName: [String: Handles] = [:]
    // One command follows another of its kind nearly always.
    private var last: Handles?

    mutating func recordReply(to name: String, after duration: TimeAmount) {
        let handles = handles(for: name)
        handles.count.increment()
        handles.duration.recordNanoseconds(duration.nanoseconds)
    }

    mutating func recordError(_ error: RedisError, of name: String) {
        Counter(label: "redis_command_errors_total", dimensions: [("command", name), ("code", error.code.description)])
            .increment()
    }

    private mutating func handles(for name: String) -> Handles {
        if let last, last.name == name { return last }
        let dimensions = [("command", name)]
        let handles =
            byName[name]
            ?? Handles(
                name: name, count: Counter(label: "redis_commands_total", dimensions: dimensions),
                duration: Timer(label: "redis_command_duration", dimensions: dimensions))
        byName[name] = handles
        last = handles
        return handles
    }
}
