import Foundation

/// Runs a body with a folder that goes afterwards.
public func withTemporaryFolder<Value>(
    isolation: isolated (any Actor)? = #isolation, _ body: (String) async throws -> Value
) async throws -> Value {
    let folder = try newTemporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path)
}

func newTemporaryFolder() throws -> URL {
    // Short: the path of a socket below it has to fit.
    let name = "service-tests-" + String(UInt64.random(in: .min ... .max), radix: 36)
    let folder = FileManager.default.temporaryDirectory.appending(path: name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
}
