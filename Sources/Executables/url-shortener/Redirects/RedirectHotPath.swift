import HTTPTypes
import NIOCore
import Redis
import ServiceKit
import URLShortener

/// `GET|HEAD /{id}`, answered on the event loop.
struct RedirectHotPath {
    let shortener: URLShortener
    let redis: RedisClient
    let answers: RedirectAnswers
    let visitors: Visitors

    func make() -> HotPath {
        HotPath(prefix: "/") { eventLoop in
            guard let connection = redis.connection(on: eventLoop) else { return { _, _ in false } }
            let responder = RedirectResponder(self, eventLoop: eventLoop, connection: connection)
            return { responder.answer($0, $1) }
        }
    }
}

/// Answers the requests of one event loop.
private final class RedirectResponder {
    private let shortener: URLShortener
    private let answers: RedirectAnswers
    private let visitors: Visitors
    private let eventLoop: any EventLoop
    private let connection: RedisConnection
    private let writer: RedirectWriter

    init(_ hotPath: RedirectHotPath, eventLoop: any EventLoop, connection: RedisConnection) {
        (shortener, answers, visitors) = (hotPath.shortener, hotPath.answers, hotPath.visitors)
        (self.eventLoop, self.connection) = (eventLoop, connection)
        writer = RedirectWriter(eventLoop)
    }

    func answer(_ request: HotPathRequest, _ reply: HotPathReply) -> Bool {
        // All other paths hold a character that codes do not, or are one of the reserved words.
        guard let code = LinkCode.code(request.path) else { return false }
        let isHead = request.isHead
        let visitor = isHead ? nil : visitors.visitor(of: request)
        if let known = shortener.knownRedirection(of: code) {
            finish(.success(known), code, visitor, isHead, reply)
        } else {
            shortener.redirection(of: code, isVisit: !isHead, on: connection) { [self] result in
                finish(result, code, visitor, isHead, reply)
            }
        }
        return true
    }

    private func finish(
        _ result: Result<Redirection, URLShortenerError>, _ code: String, _ visitor: Visitor?, _ isHead: Bool,
        _ reply: HotPathReply
    ) {
        let answer = answers.answer(result)
        reply.send { writer.write(answer, isHead: isHead, to: &$0) }
        if let visitor, answer.isVisit { shortener.countVisit(of: code, by: visitor, on: eventLoop) }
    }
}

/// Writes whole responses, on one event loop.
private final class RedirectWriter {
    private let date: HTTPDate
    private var problems: [Int: String] = [:]

    init(_ eventLoop: any EventLoop) {
        date = HTTPDate(eventLoop: eventLoop)
    }

    func write(_ answer: RedirectAnswer, isHead: Bool, to buffer: inout ByteBuffer) {
        switch answer {
        case .found(let url, let cacheControl):
            buffer.writeStaticString("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: ")
            buffer.writeString(url)
            buffer.writeStaticString("\r\nCache-Control: ")
            buffer.writeString(cacheControl)
            writeEnd(to: &buffer)
        case .failed(let problem):
            let body = body(of: problem)
            buffer.writeStaticString("HTTP/1.1 ")
            buffer.writeString(problem.status.description)
            buffer.writeStaticString("\r\nContent-Type: ")
            buffer.writeString(Problem.contentType)
            buffer.writeStaticString("\r\nContent-Length: ")
            buffer.writeString(String(body.utf8.count))
            buffer.writeStaticString("\r\nCache-Control: ")
            buffer.writeString(RedirectAnswer.noStore)
            writeEnd(to: &buffer)
            if !isHead { buffer.writeString(body) }
        }
    }

    private func writeEnd(to buffer: inout ByteBuffer) {
        buffer.writeStaticString("\r\nDate: ")
        buffer.writeString(date.text)
        buffer.writeStaticString("\r\n\r\n")
    }

    /// There is one for each status.
    private func body(of problem: Problem) -> String {
        if let body = problems[problem.status.code] { return body }
        problems[problem.status.code] = problem.text
        return problem.text
    }
}
