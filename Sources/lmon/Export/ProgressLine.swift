import Dispatch
import Foundation

/// One line on standard error that changes while something takes long; only where that is a terminal, and what is
/// written goes elsewhere.
struct ProgressLine {
    private let start = DispatchTime.now()
    private var last = DispatchTime.now()
    private var isShown = false
    private static let patience: UInt64 = 500_000_000
    private static let interval: UInt64 = 100_000_000

    mutating func show(_ output: ExportOutput, _ text: () -> String) {
        let now = DispatchTime.now()
        guard now.uptimeNanoseconds - self.start.uptimeNanoseconds > Self.patience,
            now.uptimeNanoseconds - self.last.uptimeNanoseconds > Self.interval, isatty(STDERR_FILENO) == 1
        else { return }
        if case .standardOutput = output, StandardOutput.isTerminal { return }
        self.last = now
        self.isShown = true
        FileHandle.standardError.write(Data("\r\u{1B}[K\(text())".utf8))
    }

    mutating func clear() {
        guard self.isShown else { return }
        self.isShown = false
        FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
    }
}
