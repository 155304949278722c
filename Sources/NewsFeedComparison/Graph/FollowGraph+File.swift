import Foundation
import Terminal

extension FollowGraph {
    /// Reads an edge list; see `EdgeListParser` for its form.
    ///
    /// Memory is bounded by the number of edges that are taken at most. Reading blocks its thread.
    /// - Parameter isUndirected: each line says that both follow one another.
    /// - Throws: ``ComparisonError``.
    public init(edgeList path: String, isUndirected: Bool = false) throws(ComparisonError) {
        let name = path.visible(limit: 200)
        var parser = EdgeListParser()
        do {
            let file = try FileHandle(forReadingFrom: URL(filePath: path))
            defer { try? file.close() }
            while let chunk = try file.read(upToCount: 1 << 20), !chunk.isEmpty { try parser.push(Array(chunk)) }
            try parser.finish()
        } catch let error as ComparisonError {
            throw ComparisonError(error.code, "\(name): \(error.message)")
        } catch {
            throw ComparisonError(.noInput, "\(name) cannot be read: \(Self.reason(error)).")
        }
        guard !parser.edges.isEmpty else { throw ComparisonError(.invalidGraph, "\(name) holds no edge.") }
        var edges = parser.edges
        if isUndirected { edges += edges.map { Edge(follower: $0.followee, followee: $0.follower) } }
        let title = (path.split(separator: "/").last ?? "graph").visible(limit: 100)
        self.init(name: title, isSynthetic: false, userCount: parser.userCount, edges: edges)
        guard edgeCount > 0 else { throw ComparisonError(.invalidGraph, "\(name): nobody follows anyone else.") }
    }

    private static func reason(_ error: any Error) -> String {
        let error = error as NSError
        let underlying = error.userInfo[NSUnderlyingErrorKey] as? NSError ?? error
        if underlying.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(underlying.code))) }
        if error.code == CocoaError.fileReadNoSuchFile.rawValue { return "there is no such file" }
        return error.localizedDescription
    }
}
