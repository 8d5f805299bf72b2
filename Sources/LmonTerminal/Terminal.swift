import CNcurses
package import LmonScreen

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The terminal: paints screens and tells what the user does.
///
/// Owned by one thread, which alone may call it; other threads reach that thread through `waker`. From `init` to
/// `restore` the terminal is in raw mode on its alternate screen, and comes back also after a fatal signal or `exit`.
package final class Terminal {
    package struct Options: Sendable {
        /// Standard input may be the data, so keys come from here.
        package var device = "/dev/tty"
        /// `nil`: what `TERM` says.
        package var type: String?
        /// `nil`: what the terminal has, nothing with `NO_COLOR`.
        package var depth: ColorDepth?
        package var hasMouse = true
        /// Off in tests, where the process is not ours alone.
        package var handlesSignals = true

        package init() {}
    }

    package let waker: Waker
    package let depth: ColorDepth
    /// Whether characters beyond ASCII can be shown.
    package let isUTF8: Bool
    /// What gives the terminal back, were this process to vanish: for another process to write, with `stty sane`.
    package let restoreSequence: [UInt8]

    private let device: Int32
    private let handle: UnsafeMutableRawPointer
    private let isInScreen: Bool
    private var hasMouse: Bool
    private let handlesSignals: Bool
    private var painter: Painter
    private var decoder = InputDecoder()
    /// When the decoder began to hold something back.
    private var heldSince: ContinuousClock.Instant?
    private var isActive = false

    /// Milliseconds after which Escape is Escape, and not the beginning of a sequence.
    private static let escapeDelay: Int32 = 25

    package init(_ options: Options = Options()) throws {
        let device = open(options.device, O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard device >= 0, isatty(device) == 1, let waker = Waker() else {
            if device >= 0 { close(device) }
            throw TerminalError(code: .cannotOpen, detail: options.device)
        }
        let isUTF8 = lmon_use_locale() != 0
        let type = options.type ?? getenv("TERM").map { String(cString: $0) } ?? ""
        lmon_guard_remember(device, waker.writeEnd)
        guard let handle = lmon_open(type, device) else {
            throw TerminalError(code: .unknownType, detail: type)
        }
        guard lmon_capability("cup") != nil else {
            lmon_leave()
            lmon_close(handle)
            throw TerminalError(code: .cannotMoveCursor, detail: type)
        }
        self.device = device
        self.waker = waker
        self.handle = handle
        self.isUTF8 = isUTF8
        self.isInScreen = Sequences.isInScreen(type) { getenv($0).map { String(cString: $0) } }
        self.hasMouse = options.hasMouse
        self.handlesSignals = options.handlesSignals
        self.depth = options.depth ?? Self.detectedDepth()
        self.painter = Painter(depth: self.depth, isUTF8: isUTF8)
        self.restoreSequence = Sequences.restore { lmon_capability($0).map { String(cString: $0) } }
        self.restoreSequence.withUnsafeBytes { bytes in
            lmon_guard_prepare(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        if options.handlesSignals { lmon_guard_install() }
        self.enter()
    }

    deinit {
        self.restore()
        if self.handlesSignals { lmon_guard_remove() }
        lmon_close(self.handle)
    }

    package var size: Screen.Size {
        var columns: Int32 = 80
        var rows: Int32 = 24
        _ = lmon_window_size(self.device, &columns, &rows)
        return Screen.Size(columns: Int(columns), rows: Int(rows))
    }

    /// Shows a screen. Costs nothing where it equals the last one.
    package func paint(_ screen: Screen) {
        guard self.isActive else { return }
        self.painter.paint(screen)
    }

    /// Waits for something to happen, and returns what was typed meanwhile, in order.
    ///
    /// Empty after `waker.wake()`, or when `timeout` milliseconds passed (-1: never).
    package func nextInputs(timeout: Int32 = -1) -> [Input] {
        while true {
            let limit = self.heldFor.map { max(0, Self.escapeDelay - $0) } ?? timeout
            var watched = [
                pollfd(fd: self.device, events: Int16(POLLIN), revents: 0),
                pollfd(fd: self.waker.readEnd, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&watched, 2, limit)
            if count < 0, errno != EINTR { return [.hangUp] }
            var inputs: [Input] = []
            if watched[0].revents != 0 { inputs += self.readInputs() }
            // However often it is woken meanwhile.
            if watched[0].revents == 0, let held = self.heldFor, held >= Self.escapeDelay {
                inputs += self.decoder.flush()
                self.heldSince = nil
            }
            if count <= 0, !inputs.isEmpty || (count == 0 && limit == timeout) { return inputs }
            guard count > 0 else { continue }
            if watched[1].revents != 0 { inputs += self.takeSignals() } else if inputs.isEmpty { continue }
            return inputs
        }
    }

    private func readInputs() -> [Input] {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(self.device, &buffer, buffer.count)
        if count < 0, errno == EINTR || errno == EAGAIN { return [] }
        guard count > 0 else { return [.hangUp] }
        let inputs = self.decoder.decode(buffer[..<count])
        self.heldSince = self.decoder.isWaiting ? .now : nil
        return inputs
    }

    /// Milliseconds since what may be Escape arrived; nil if nothing is held.
    private var heldFor: Int32? {
        guard let heldSince, self.decoder.isWaiting else { return nil }
        let passed = (ContinuousClock.now - heldSince).components
        return Int32(clamping: passed.seconds * 1000 + passed.attoseconds / 1_000_000_000_000_000)
    }

    private func takeSignals() -> [Input] {
        let seen = self.waker.drain()
        if seen.contains(UInt8(ascii: "c")), self.handlesSignals { self.reenter() }
        guard !seen.isDisjoint(with: [UInt8(ascii: "r"), UInt8(ascii: "c")]) else { return [] }
        let size = self.size
        lmon_resize(Int32(size.columns), Int32(size.rows))
        self.painter.forget()
        return [.resize(size)]
    }

    // MARK: - Giving the terminal away and taking it back

    /// Gives the terminal back to the shell. Calling it twice is harmless; `resume` takes it again.
    package func restore() {
        guard self.isActive else { return }
        self.isActive = false
        lmon_leave()
        lmon_guard_arm()
        lmon_guard_restore()
    }

    package func resume() {
        guard !self.isActive else { return }
        self.enter()
        self.painter.forget()
    }

    /// Runs something else on the terminal, a pager or an editor.
    package func whileRestored<Result>(_ body: () throws -> Result) rethrows -> Result {
        self.restore()
        defer { self.resume() }
        return try body()
    }

    /// Stops the job, as ^Z does in other programs, and returns when it is in the foreground again.
    package func stopJob() {
        self.restore()
        lmon_guard_stop_job()
        self.resume()
    }

    /// Asks the terminal to put text on its clipboard (OSC 52), which works over SSH; whether it does is not told.
    package func copyToClipboard(_ text: String) {
        self.send(Sequences.clipboard(text, isInScreen: self.isInScreen))
    }

    /// Whether the mouse is reported; while it is not, the terminal selects text with it.
    package func setMouse(_ isReported: Bool) {
        self.hasMouse = isReported
        if self.isActive { self.send(Sequences.mouse(isReported)) }
    }

    private func enter() {
        self.isActive = true
        lmon_guard_arm()
        lmon_enter()
        self.send(Sequences.enter(hasMouse: self.hasMouse))
    }

    /// After a stop from outside the handler has restored the terminal, so ncurses is told before it is taken again.
    private func reenter() {
        guard self.isActive else { return }
        lmon_leave()
        self.enter()
        self.painter.forget()
    }

    private func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = writeBytes(rest, to: self.device)
            if count < 0, errno != EINTR, errno != EAGAIN { return }
            rest = rest.dropFirst(max(0, count))
        }
    }

    /// Colours are there if the terminal's description says so and the user did not refuse them (no-color.org).
    private static func detectedDepth() -> ColorDepth {
        if let refused = getenv("NO_COLOR"), refused.pointee != 0 { return .mono }
        return lmon_colors() >= 256 ? .palette256 : lmon_colors() >= 8 ? .sixteen : .mono
    }
}

/// The C library's `write`, which a method's own name would hide.
private func writeBytes(_ bytes: ArraySlice<UInt8>, to device: Int32) -> Int {
    bytes.withUnsafeBytes { write(device, $0.baseAddress, $0.count) }
}
