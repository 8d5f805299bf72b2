import LmonModel
import LmonRecord

/// Prints records as they come: each as its line, or as lines for people.
struct RecordPrinter: Sendable {
    private let asJSON: Bool
    private let printer: TextPrinter
    private var renderer: LineRenderer
    private var gate: RecordGate?
    /// Seconds that the times it prints are ahead of UTC.
    let offset: Int

    init(asJSON: Bool, output: OutputOptions, filter: Filter? = nil) {
        self.asJSON = asJSON
        self.printer = output.printer
        self.offset = output.offset
        self.renderer = LineRenderer(rules: .screen, marks: output.marks, offset: output.offset, filter: filter)
        self.gate = filter.map { RecordGate($0) }
    }

    /// False once nobody reads any more.
    mutating func print(_ record: Record, after change: ModelChange, in model: Model) -> Bool {
        guard self.asJSON else { return self.write(self.renderer.lines(after: change, in: model)) }
        guard let due = self.gate?.records(after: record, change, in: model) else {
            return StandardOutput.writeJSON(record.line)
        }
        return self.write(due)
    }

    /// What is left at the end.
    mutating func finish(in model: Model) {
        if self.asJSON {
            _ = self.write(self.gate?.finish(in: model) ?? [])
        } else {
            _ = self.write(self.renderer.finish(in: model))
        }
    }

    private func write(_ records: [Record]) -> Bool { records.allSatisfy { StandardOutput.writeJSON($0.line) } }

    private func write(_ lines: [TextLine]) -> Bool {
        lines.allSatisfy { StandardOutput.writeLine(self.printer.text($0)) }
    }
}
