/// Where a series stands in the exposition.
struct SeriesIdentity {
    /// The family's name.
    let family: String
    /// The rendered labels without braces, empty if there are none.
    let labels: String
}

/// One set of labels of one family: the handler that records, and what it renders.
protocol MetricSeries: AnyObject, Sendable {
    static var kind: MetricKind { get }

    init(identity: SeriesIdentity)

    var identity: SeriesIdentity { get }

    /// Appends the lines of this series.
    func write(to text: inout String)
}
