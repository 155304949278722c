import Logging
public import NIOCore
import Synchronization

/// One connection to one Redis node, on one event loop, shared by everything that runs there.
///
/// Commands of one turn of the event loop go out in one write and their replies complete in order, so many callers share
/// the cost of a system call. It connects by itself, again after each loss, and holds commands back until their
/// deadline while there is no connection. Never send a command that blocks (`BLPOP`, `XREAD BLOCK`) through a shared one:
/// ask ``RedisClient/withDedicatedConnection(_:)``.
public final class RedisConnection: RedisCommands {
    public let eventLoop: any EventLoop
    private let core: NIOLoopBoundBox<RedisConnectionCore>
    private let inbox = Mutex<[Submission]>([])
    /// Spares callers on the event loop the lock.
    private let isInboxEmpty = Atomic(true)
    private let calls = Atomic<Int>(0)

    private enum Submission: Sendable {
        case command(RedisCommand, TimeAmount?, CallIdentifier, UnsafeContinuation<Result<RedisValue, RedisError>, Never>)
        case pipeline([RedisCommand], TimeAmount?, CallIdentifier, UnsafeContinuation<[Result<RedisValue, RedisError>], Never>)
        case cancel(CallIdentifier)
    }

    init(configuration: RedisConfiguration, eventLoop: any EventLoop, logger: Logger, isDedicated: Bool = false) {
        self.eventLoop = eventLoop
        core = .makeBoxSendingValue(
            RedisConnectionCore(configuration: configuration, eventLoop: eventLoop, logger: logger, isDedicated: isDedicated),
            eventLoop: eventLoop)
        eventLoop.execute { [core] in core.value.start() }
    }

    /// Sends one command from the event loop, and calls back on it: the path without a task, for what is asked very often.
    /// - Precondition: the caller runs on ``eventLoop``.
    public func execute(
        _ command: RedisCommand, deadline: Duration? = nil, completion: @escaping (Result<RedisValue, RedisError>) -> Void
    ) {
        core.value.execute(
            command, within: deadline.map { TimeAmount($0) }, waiter: ReplyWaiter(call: nil, receiver: .callback(completion)))
    }

    public func send(_ command: RedisCommand, deadline: Duration?) async throws(RedisError) -> RedisValue {
        if Task.isCancelled { throw cancelled(command) }
        let call = nextCall()
        let time = deadline.map { TimeAmount($0) }
        return try await withTaskCancellationHandler {
            // Unsafe only in that nothing checks at run time that it is resumed once: each waiter is taken out of the
            // replies' queue before it is told.
            await withUnsafeContinuation { continuation in
                submit(.command(command, time, call, continuation))
                // The handler may have run before there was anything to cancel.
                if Task.isCancelled { gather(.cancel(call)) }
            }
        } onCancel: {
            gather(.cancel(call))
        }.get()
    }

    public func pipeline(_ commands: [RedisCommand], deadline: Duration?) async -> [Result<RedisValue, RedisError>] {
        guard !commands.isEmpty else { return [] }
        if Task.isCancelled { return commands.map { .failure(cancelled($0)) } }
        let call = nextCall()
        let time = deadline.map { TimeAmount($0) }
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                submit(.pipeline(commands, time, call, continuation))
                if Task.isCancelled { gather(.cancel(call)) }
            }
        } onCancel: {
            gather(.cancel(call))
        }
    }

    private func cancelled(_ command: RedisCommand) -> RedisError {
        RedisError(.cancelled, execution: .notSent, command: command.name, message: "the task was cancelled before")
    }

    /// Why the node cannot be used now; nil while it can.
    public func failure() async -> RedisError? {
        await withCheckedContinuation { continuation in
            eventLoop.execute { [core] in continuation.resume(returning: core.value.failure) }
        }
    }

    /// Ends the connection. Commands that still wait fail with ``RedisError/Code/closed``.
    public func close() async {
        await withCheckedContinuation { continuation in
            eventLoop.execute { [core] in
                core.value.close()
                continuation.resume()
            }
        }
    }

    private func nextCall() -> CallIdentifier {
        CallIdentifier(number: calls.wrappingAdd(1, ordering: .relaxed).newValue)
    }

    /// Callers on the event loop go straight on, after what was gathered before.
    private func submit(_ submission: Submission) {
        guard eventLoop.inEventLoop else { return gather(submission) }
        takeSubmissions()
        perform(submission, on: core.value)
    }

    /// What others submit is gathered, and wakes the loop once. So are cancellations: a storm of them is one walk over
    /// what is pending and not a walk each.
    private func gather(_ submission: Submission) {
        let wasEmpty = inbox.withLock { inbox in
            inbox.append(submission)
            isInboxEmpty.store(false, ordering: .releasing)
            return inbox.count == 1
        }
        if wasEmpty { eventLoop.execute { self.takeSubmissions() } }
    }

    private func takeSubmissions() {
        guard !isInboxEmpty.load(ordering: .acquiring) else { return }
        let submissions = inbox.withLock { inbox in
            isInboxEmpty.store(true, ordering: .relaxed)
            defer { inbox.removeAll(keepingCapacity: true) }
            return inbox
        }
        let core = core.value
        var cancelled: Set<CallIdentifier> = []
        for submission in submissions {
            if case .cancel(let call) = submission { cancelled.insert(call) } else { perform(submission, on: core) }
        }
        // Last, so that a cancellation never overtakes its command.
        if !cancelled.isEmpty { core.cancel(cancelled) }
    }

    private func perform(_ submission: Submission, on core: RedisConnectionCore) {
        switch submission {
        case .command(let command, let time, let call, let continuation):
            core.execute(command, within: time, waiter: ReplyWaiter(call: call, receiver: .task(continuation)))
        case .pipeline(let commands, let time, let call, let continuation):
            let collector = PipelineCollector(count: commands.count, continuation: continuation)
            core.execute(commands, within: time, waiters: commands.indices.map { collector.waiter(at: $0, of: call) })
        case .cancel(let call):
            core.cancel([call])
        }
    }
}

/// Gathers the replies of a pipeline on the event loop.
private final class PipelineCollector {
    private var results: [Result<RedisValue, RedisError>?]
    private var missing: Int
    private let continuation: UnsafeContinuation<[Result<RedisValue, RedisError>], Never>

    init(count: Int, continuation: UnsafeContinuation<[Result<RedisValue, RedisError>], Never>) {
        results = Array(repeating: nil, count: count)
        missing = count
        self.continuation = continuation
    }

    func waiter(at index: Int, of call: CallIdentifier) -> ReplyWaiter {
        ReplyWaiter(call: call, receiver: .callback { self.finish(index, $0) })
    }

    private func finish(_ index: Int, _ result: Result<RedisValue, RedisError>) {
        results[index] = result
        missing -= 1
        if missing == 0 { continuation.resume(returning: results.compactMap { $0 }) }
    }
}
