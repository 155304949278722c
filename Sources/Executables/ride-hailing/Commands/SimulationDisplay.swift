import RideHailingSimulation
import Synchronization
import Terminal

/// Shows on a terminal how far a simulation has come.
final class SimulationDisplay: Sendable {
    private let minutes: Double
    private let bar = Mutex(ProgressBar(counting: "requests"))

    init(minutes: Double) { self.minutes = minutes }

    func show(_ progress: Simulation.Progress) {
        // Thousandths of minutes, so that it moves in short ones.
        bar.withLock {
            $0?.update(
                readBytes: Int64(progress.minutes * 1000), of: Int64(minutes * 1000), count: progress.requested)
        }
    }

    func clear() { bar.withLock { $0?.clear() } }
}
