import LmonModel
import LmonRecord

/// Prints records as they come: each as its line, or as lines for people.
struct RecordPrinter: Sendable {
    private let asJSON: Bool
    private let printer: TextPrinter
    private var renderer: LineRenderer

    init(asJSON: Bool, output: OutputOptions) {
        self.asJSON = asJSON
        self.printer = output.printer
        self.renderer = LineRenderer(rules: .screen, marks: output.marks, offset: output.offset)
    }

    /// False once nobody reads any more.
    mutating func print(_ record: Record, after change: ModelChange, in model: Model) -> Bool {
        if self.asJSON { return StandardOutput.writeLine(record.line) }
        return self.write(self.renderer.lines(after: change, in: model))
    }

    /// What is left at the end.
    mutating func finish(in model: Model) {
        if !self.asJSON { _ = self.write(self.renderer.finish(in: model)) }
    }

    private func write(_ lines: [TextLine]) -> Bool {
        for line in lines {
            guard StandardOutput.writeLine(self.printer.text(line)) else { return false }
        }
        return true
    }
}
