/// Does something with each of them at the same time.
@discardableResult
func together<Element: Sendable, Value: Sendable>(
    _ elements: some Collection<Element>, _ body: @Sendable @escaping (Element) async throws -> Value
) async throws -> [Value] {
    try await withThrowingTaskGroup { group in
        for (index, element) in elements.enumerated() { group.addTask { (index, try await body(element)) } }
        return try await group.reduce(into: [(Int, Value)]()) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
}
