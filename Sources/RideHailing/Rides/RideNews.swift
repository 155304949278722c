/// What is told of rides while one listens.
public enum RideNews: Sendable, Hashable {
    case changed(RideEvent)
    /// What was published before may not have been told: whatever is derived from it has to be read anew.
    case missed
}
