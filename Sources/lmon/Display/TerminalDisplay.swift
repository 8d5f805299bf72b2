import Foundation
import LmonScreen
import LmonSupervisor
import LmonTerminal
import LmonUI

/// The terminal as a display. The supervisor knows how it was before and what gives it back.
final class TerminalDisplay: Display {
    private let terminal: Terminal
    private let device: Int32
    private let supervisor: Supervisor

    init(_ options: Terminal.Options, _ supervisor: Supervisor) throws {
        let device = open(options.device, O_RDWR | O_CLOEXEC | O_NOCTTY)
        let before = Supervisor.terminalAttributes(of: device)
        self.terminal = try Terminal(options)
        self.device = device
        self.supervisor = supervisor
        supervisor.guardTerminal(device, attributes: before, restore: self.terminal.restoreSequence)
    }

    var size: Screen.Size { self.terminal.size }
    var isUTF8: Bool { self.terminal.isUTF8 }

    var wake: @Sendable () -> Void {
        let waker = self.terminal.waker
        return { waker.wake() }
    }

    func paint(_ screen: Screen) { self.terminal.paint(screen) }
    func nextInputs(timeout: Int32) -> [Input] { self.terminal.nextInputs(timeout: timeout) }
    func copy(_ text: String) -> UIMessage { Clipboard.copy(text, self.terminal) }
    func setMouse(_ isReported: Bool) { self.terminal.setMouse(isReported) }
    func stopJob() { self.terminal.stopJob() }
    func lend<Result>(_ body: () throws -> Result) rethrows -> Result { try self.terminal.whileRestored(body) }

    func close() {
        self.terminal.restore()
        self.supervisor.releaseTerminal()
        if self.device >= 0 { Foundation.close(self.device) }
    }
}
