/// All series of a registry, by family and labels. Plain data: the registry guards it.
struct MetricFamilies {
    struct Family {
        let kind: MetricKind
        /// Keyed by the rendered labels.
        var series: [String: any MetricSeries] = [:]
    }

    /// Families stay when their last series goes, so that a label and kind mean the same name for ever.
    private(set) var families: [String: Family] = [:]
    /// Every sample name that some family renders.
    private var claimedNames: Set<String>
    private var seriesCount = 0
    private let limit: Int

    /// - Parameters:
    ///   - reservedNames: Names that no series may take.
    ///   - limit: The most series, and the most families.
    init(reservedNames: [String], limit: Int) {
        claimedNames = Set(reservedNames)
        self.limit = limit
    }

    /// The series of this name and these labels, made if need be; `nil` if there are too many.
    mutating func series<Series: MetricSeries>(_: Series.Type, name: String, labels: String) -> Series? {
        let familyName = familyName(for: name, kind: Series.kind)
        if let known = families[familyName]?.series[labels] {
            return known as? Series
        }
        guard seriesCount < limit, claim(familyName, for: Series.kind) else { return nil }
        let series = Series(identity: SeriesIdentity(family: familyName, labels: labels))
        families[familyName]?.series[labels] = series
        seriesCount += 1
        return series
    }

    /// Forgets a series. One that is no longer, or never was, among these changes nothing.
    mutating func remove(_ series: any MetricSeries) {
        let identity = series.identity
        guard families[identity.family]?.series[identity.labels] === series else { return }
        families[identity.family]?.series[identity.labels] = nil
        seriesCount -= 1
    }

    /// The family that holds `name` as this kind, or the first free name for one.
    private func familyName(for name: String, kind: MetricKind) -> String {
        var candidate = name
        while true {
            if let family = families[candidate] {
                if family.kind == kind { return candidate }
            } else if claimedNames.isDisjoint(with: kind.sampleNames(of: candidate)) {
                return candidate
            }
            candidate = kind.rename(candidate)
        }
    }

    /// Makes sure that the family exists; `false` if there are too many.
    private mutating func claim(_ familyName: String, for kind: MetricKind) -> Bool {
        guard families[familyName] == nil else { return true }
        guard families.count < limit else { return false }
        claimedNames.formUnion(kind.sampleNames(of: familyName))
        families[familyName] = Family(kind: kind)
        return true
    }
}
