/// Cuts a stream of bytes into the records of a CSV file (RFC 4180), whatever the chunks it comes in.
///
/// Lines end with LF, CR LF or CR; within quotes they belong to the field, and a doubled quote is a quote. A byte order mark at
/// the beginning and empty lines are passed over. What breaks the rules costs its own record: the next one begins on the next
/// line, or, where a quote is never closed, nowhere.
struct CSVReader {
    /// All the bytes of a record. More would let one forgotten quote fill the memory.
    static let longestRecord = 1 << 20

    private enum State {
        case beforeField
        case bare
        case quoted
        /// Behind a quote within quotes: the field's end, or the first of two.
        case closed
        /// On the rest of a line that cannot be understood.
        case passingOver
    }

    private var state = State.beforeField
    private var fields: [[UInt8]] = []
    private var field: [UInt8] = []
    private var flaw: CSVFlaw?
    private var length = 0
    /// The line that is read, and the one on which the record began.
    private var (line, firstLine) = (1, 1)
    private var isAfterCarriageReturn = false
    /// What may be the beginning of a byte order mark; nil behind the file's beginning.
    private var mark: [UInt8]? = []

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// - Returns: the records that end in the chunk.
    mutating func push(_ chunk: some Sequence<UInt8>) -> [CSVRecord] {
        var records: [CSVRecord] = []
        for byte in chunk {
            if mark == nil { take(byte, &records) } else { begin(with: byte, &records) }
        }
        return records
    }

    /// - Returns: the last record, if no line end was behind it.
    mutating func finish() -> [CSVRecord] {
        var records: [CSVRecord] = []
        for byte in mark ?? [] { take(byte, &records) }
        mark = nil
        if state == .quoted { flaw = .quoteNotClosed }
        endRecord(&records)
        return records
    }

    private mutating func begin(with byte: UInt8, _ records: inout [CSVRecord]) {
        let held = (mark ?? []) + [byte]
        mark = held
        if held == Self.byteOrderMark {
            mark = nil
        } else if !Self.byteOrderMark.starts(with: held) {
            mark = nil
            for byte in held { take(byte, &records) }
        }
    }

    private mutating func take(_ byte: UInt8, _ records: inout [CSVRecord]) {
        let isSecondOfPair = isAfterCarriageReturn && byte == Self.lineFeed
        isAfterCarriageReturn = byte == Self.carriageReturn
        let isLineEnd = byte == Self.lineFeed || byte == Self.carriageReturn
        if isLineEnd, !isSecondOfPair { line += 1 }

        switch (state, byte) {
        case (.quoted, Self.quote): state = .closed
        case (.quoted, _): keep(byte)
        case _ where isSecondOfPair: break
        case _ where isLineEnd: endRecord(&records)
        case (.passingOver, _): break
        case (.beforeField, Self.quote): state = .quoted
        case (.closed, Self.quote):
            keep(byte)
            state = .quoted
        case (_, Self.comma):
            keep(nil)
            endField()
        case (.bare, Self.quote): passOver(.quoteInField)
        case (.closed, _): passOver(.textAfterQuote)
        default:
            keep(byte)
            state = .bare
        }
    }

    /// Counts what is kept: separators too, since empty fields take room as well.
    private mutating func keep(_ byte: UInt8?) {
        length += 1
        if length > Self.longestRecord {
            flaw = .tooLong
            (fields, field) = ([], [])
        } else if let byte {
            field.append(byte)
        }
    }

    private mutating func passOver(_ flaw: CSVFlaw) {
        self.flaw = self.flaw ?? flaw
        state = .passingOver
    }

    private mutating func endField() {
        if flaw == nil { fields.append(field) }
        field.removeAll(keepingCapacity: true)
        state = .beforeField
    }

    private mutating func endRecord(_ records: inout [CSVRecord]) {
        // An empty line, or the end of the file behind a line end.
        let isNothing = state == .beforeField && length == 0
        if !isNothing {
            endField()
            records.append(CSVRecord(line: firstLine, content: flaw.map { .failure($0) } ?? .success(fields)))
        }
        (state, fields, flaw, length, firstLine) = (.beforeField, [], nil, 0, line)
    }

    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
}
