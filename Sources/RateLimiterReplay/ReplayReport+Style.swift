extension ReplayReport {
    /// What no other report has.
    static let style = """
        .area.asked { fill: var(--asked); }
        .burst { fill: var(--curve-2); }
        .brace, .boundary { fill: none; stroke: var(--ink); stroke-width: 1.4; }
        .boundary { stroke: var(--quiet); stroke-dasharray: 4 4; }
        """
}
