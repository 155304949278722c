public import Testing

/// What is wrong with a request, as every service says it (RFC 9457).
public struct ProblemBody: Decodable {
    public var type: String
    public var title: String
    public var status: Int
    public var detail: String
}

/// Expects an answer that says what is wrong in the form that all errors have.
/// - Parameter words: what `detail` must hold, such as the name of the field.
@discardableResult
public func expectProblem(
    _ reply: HTTPReply, _ status: Int, _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
) throws -> ProblemBody {
    #expect(reply.status == status, "\(reply)", sourceLocation: sourceLocation)
    #expect(reply["Content-Type"] == "application/problem+json", "\(reply)", sourceLocation: sourceLocation)
    let problem: ProblemBody = try reply.json()
    #expect(problem.type == "about:blank" && !problem.title.isEmpty, sourceLocation: sourceLocation)
    #expect(problem.status == status, sourceLocation: sourceLocation)
    #expect(!problem.detail.isEmpty, sourceLocation: sourceLocation)
    for word in words {
        #expect(problem.detail.contains(word), "\(problem.detail)", sourceLocation: sourceLocation)
    }
    return problem
}

/// Thrown rather than recorded: to who waits for another answer it is no failure yet.
public struct UnexpectedReply: Error {
    public let reply: HTTPReply

    public init(_ reply: HTTPReply) {
        self.reply = reply
    }
}
