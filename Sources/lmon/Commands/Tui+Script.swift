import Foundation
import LmonScreen
import LmonStore
import LmonUI
import Synchronization

extension ViewScript {
    /// The steps, for `lmon tui --help`.
    static let help = """
        A script has one step a line; # starts a comment. Each waits until the view rests: nothing asked for is \
        outstanding, nothing is in flight, the source is quiet or at its end.
          keys jj<enter>    type; <enter> <esc> <f2> … are keys, ^d is control and d
          now q             type without waiting
          paste TEXT        paste
          size 120x40       change the size (80x24 at the start)
          click 4,2         click at a column and a row, counted from 0
          wait TEXT         go on when a row shows TEXT
          wait idle         go on when the view rests
          screen LABEL      print the screen
          clipboard         print what was copied
        Anything else is keys. At the end the screen is printed, and the status is 1 if a TEXT never came.
        """
}

extension Tui {
    /// Plays a script against the view, on the same path as on a terminal, and prints the screens that it asks for.
    func play(_ name: String) async throws {
        let script = try Self.script(name)
        let options = SessionOptions(emulator: self.emulator, tee: self.tee, record: self.record)
        let maker = FeedMaker(options: options)
        let source = try maker.resolve(self.source)
        let feed = try await maker.feed(source, follows: false, limits: self.limits())
        let store = try self.store(of: feed, source)
        let runner = ViewRunner(feed: feed, configuration: self.configuration(source, feed), store: store)
        let last = Mutex<(screen: Screen?, failure: String?)>((nil, nil))
        let status = try await runner.run {
            ScriptDisplay(script, output: Self.write) { screen, failure in
                last.withLock { $0 = (screen, failure) }
            }
        }
        await feed.finish()
        if feed.store == nil { store.close() }
        let (screen, failure) = last.withLock { $0 }
        if let screen { try self.finish(screen) }
        if let failure { throw Failure.run("--keys \(name): \(failure)") }
        if status != 0 { throw Silent(status: 128 + status) }
    }

    private static func script(_ name: String) throws -> ViewScript {
        let data = name == "-" ? FileHandle.standardInput.readDataToEndOfFile() : InputFile.contents(name)
        guard let data else { throw Failure.usage("--keys \(name): cannot be read") }
        do {
            return try ViewScript(String(decoding: data, as: UTF8.self))
        } catch {
            throw Failure.usage("--keys \(name): \(error)")
        }
    }

    private static func write(_ output: ScriptDisplay.Output) {
        switch output {
        case .screen(let screen, let label):
            StandardOutput.writeLine(screen.text)
            StandardOutput.writeLine(label.isEmpty ? "---" : "--- \(label)")
        case .clipboard(let text): StandardOutput.writeLine(text)
        }
    }

    private func finish(_ screen: Screen) throws {
        StandardOutput.writeLine(screen.text)
        guard let svg else { return }
        do {
            try Data(SVGPicture(screen, title: "lmon").text.utf8).write(to: URL(fileURLWithPath: svg))
        } catch {
            throw Failure.run("--svg \(svg): cannot be written")
        }
    }
}
