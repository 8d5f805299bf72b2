import LmonScreen
import LmonTerminal
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A pseudo-terminal: what the program writes is read here, what is written here it reads as typed.
private final class PseudoTerminal {
    let master: Int32
    /// Held open, so that the master does not see an end between two uses of the path.
    private let slave: Int32
    let path: String

    init() throws {
        var ends: (Int32, Int32) = (-1, -1)
        try #require(openpty(&ends.0, &ends.1, nil, nil, nil) == 0)
        self.master = ends.0
        self.slave = ends.1
        self.path = String(cString: try #require(ttyname(ends.1)))
        self.resize(columns: 40, rows: 10)
    }

    deinit {
        close(self.master)
        close(self.slave)
    }

    func resize(columns: UInt16, rows: UInt16) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(self.master, UInt(TIOCSWINSZ), &size)
    }

    func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(self.master, bytes, bytes.count)
    }

    /// What arrived so far.
    func output() -> String {
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        var watched = pollfd(fd: self.master, events: Int16(POLLIN), revents: 0)
        while poll(&watched, 1, 0) > 0, watched.revents & Int16(POLLIN) != 0 {
            let count = read(self.master, &buffer, buffer.count)
            guard count > 0 else { break }
            result += buffer[..<count]
        }
        return String(decoding: result, as: UTF8.self)
    }
}

@Suite(.serialized) struct TerminalTests {
    private func options(_ pseudo: PseudoTerminal) -> Terminal.Options {
        var options = Terminal.Options()
        options.device = pseudo.path
        options.type = "xterm-256color"
        options.handlesSignals = false
        return options
    }

    /// Escape alone is told after a moment, also while the terminal's thread is woken without a pause.
    @Test func escapeIsToldWhileRecordsCome() throws {
        let pseudo = try PseudoTerminal()
        let terminal = try Terminal(self.options(pseudo))
        defer { terminal.restore() }
        pseudo.type("\u{1B}")
        var told: [Input] = []
        for _ in 0..<20_000 where told.isEmpty {
            terminal.waker.wake()
            told = terminal.nextInputs()
            usleep(1000)
        }
        #expect(told == [.key(.escape)])
    }

    @Test func paintsReadsAndGivesTheTerminalBack() throws {
        let pseudo = try PseudoTerminal()
        var before = termios()
        tcgetattr(pseudo.master, &before)
        let terminal = try Terminal(self.options(pseudo))
        #expect(terminal.size == Screen.Size(columns: 40, rows: 10))
        #expect(pseudo.output().contains("\u{1B}[?1049h"))

        var screen = Screen(size: terminal.size)
        screen.draw("✗ payment 日本 👨‍👩‍👧", column: 1, row: 2, style: .failed)
        terminal.paint(screen)
        let painted = pseudo.output()
        #expect(painted.contains("✗ payment 日本 👨"))
        #expect(painted.contains("38;5;203") || terminal.depth != .palette256)
        terminal.paint(screen)
        #expect(pseudo.output().isEmpty, "an unchanged screen costs nothing")
        screen.draw("P", column: 3, row: 2, style: .failed)
        terminal.paint(screen)
        #expect(pseudo.output().contains("P"))

        pseudo.type("j\u{1B}[A")
        #expect(terminal.nextInputs() == [.key(.character("j")), .key(.up)])
        pseudo.type("\u{1B}")
        #expect(terminal.nextInputs() == [.key(.escape)])
        terminal.waker.wake()
        #expect(terminal.nextInputs() == [])
        #expect(terminal.nextInputs(timeout: 1) == [])

        terminal.copyToClipboard("hello")
        #expect(pseudo.output() == "\u{1B}]52;c;aGVsbG8=\u{07}")

        terminal.restore()
        let restored = pseudo.output()
        for sequence in ["\u{1B}[?1049l", "\u{1B}[?1006l", "\u{1B}[?2004l"] { #expect(restored.contains(sequence)) }
        #expect(String(decoding: terminal.restoreSequence, as: UTF8.self).contains("\u{1B}[?1049l"))
        var after = termios()
        tcgetattr(pseudo.master, &after)
        #expect(after.c_lflag == before.c_lflag)

        terminal.resume()
        #expect(pseudo.output().contains("\u{1B}[?1049h"))
        terminal.paint(screen)
        #expect(pseudo.output().contains("Payment"))
    }

    @Test func aTypeThatIsNotKnownIsNamed() throws {
        let pseudo = try PseudoTerminal()
        var options = self.options(pseudo)
        options.type = "no-such-terminal"
        #expect(throws: TerminalError.self) { try Terminal(options) }
        options.type = "dumb"
        #expect(throws: TerminalError.self) { try Terminal(options) }
        options.device = "/nonexistent/tty"
        #expect(throws: TerminalError.self) { try Terminal(options) }
    }
}
