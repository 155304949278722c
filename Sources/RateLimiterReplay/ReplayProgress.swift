/// How far a replay has come.
public struct ReplayProgress: Sendable, Hashable {
    /// Bytes of the file that were read; compressed bytes, if it is compressed.
    public let readBytes: Int64
    /// The file's length; nil for a pipe.
    public let totalBytes: Int64?
    /// Lines that were read.
    public let lines: Int

    public init(readBytes: Int64, totalBytes: Int64?, lines: Int) {
        self.readBytes = readBytes
        self.totalBytes = totalBytes
        self.lines = lines
    }
}
