import DequeModule

/// A queue in which each element stands once, where it was put first.
struct UniqueQueue<Element: Hashable & Sendable>: Sendable {
    private var order: Deque<Element> = []
    private var elements: Set<Element> = []

    var isEmpty: Bool { order.isEmpty }

    /// - Returns: false when it stands there already.
    @discardableResult
    mutating func append(_ element: Element) -> Bool {
        guard elements.insert(element).inserted else { return false }
        order.append(element)
        return true
    }

    mutating func popFirst() -> Element? {
        guard let element = order.popFirst() else { return nil }
        elements.remove(element)
        if order.isEmpty { (order, elements) = ([], []) }
        return element
    }
}
