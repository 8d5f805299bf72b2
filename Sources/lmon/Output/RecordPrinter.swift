import LmonModel
import LmonRecord

/// Prints records as they come: each as its line, or as lines for people.
struct RecordPrinter {
    let asJSON: Bool
    let printer: TextPrinter
    private var renderer: LineRenderer

    init(asJSON: Bool, output: OutputOptions) {
        self.asJSON = asJSON
        self.printer = output.printer
        self.renderer = LineRenderer(offset: output.offset)
    }

    /// False once nobody reads any more.
    mutating func print(_ record: Record) -> Bool {
        if self.asJSON { return StandardOutput.writeLine(record.line) }
        for line in self.renderer.lines(for: record) {
            guard StandardOutput.writeLine(self.printer.render(line)) else { return false }
        }
        return true
    }
}
