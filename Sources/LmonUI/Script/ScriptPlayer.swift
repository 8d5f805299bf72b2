package import LmonScreen

/// Plays a script against a view: told what the view shows and whether it rests, it says what to do next.
///
/// It waits for rest, never for time, so that a script gives the same screens on a fast machine and on a slow one.
package struct ScriptPlayer: Hashable, Sendable {
    /// How the view is.
    package enum Rest: Hashable, Sendable {
        /// Something was asked for and has not come, or is running.
        case busy
        /// Nothing is on its way; more may come by itself.
        case quiet
        /// Nothing is on its way, and the source has come to its end.
        case ended
    }

    package enum Action: Hashable, Sendable {
        case type(Input)
        /// Ask again when something has happened.
        case wait
        case show(label: String)
        case showClipboard
        /// Every step is done, and the view rests.
        case end
        /// What a step waits for cannot come any more: why, with its line.
        case fail(String)
    }

    private let steps: [ViewScript.Step]
    private var next = 0
    /// Keys of the present step that were typed.
    private var typed = 0

    package init(_ script: ViewScript) {
        self.steps = script.steps
    }

    package mutating func step(_ screen: Screen, _ rest: Rest) -> Action {
        while self.next < self.steps.count {
            let step = self.steps[self.next]
            switch step.action {
            case .keys(let keys):
                guard rest != .busy else { return .wait }
                if let key = self.nextKey(of: keys) { return .type(.key(key)) }
            case .now(let keys):
                if let key = self.nextKey(of: keys) { return .type(.key(key)) }
            case .text(let text):
                guard !Self.shows(text, screen) else { break }
                return rest == .ended ? .fail("line \(step.line): the screen does not show \(text)") : .wait
            case .rest:
                guard rest != .busy else { return .wait }
            case .paste(let text): return self.done(rest, .type(.paste(text)))
            case .size(let size): return self.done(rest, .type(.resize(size)))
            case .click(let place):
                return self.done(rest, .type(.mouse(MouseEvent(.press(button: 1), at: place))))
            case .screen(let label): return self.done(rest, .show(label: label))
            case .clipboard: return self.done(rest, .showClipboard)
            }
            self.advance()
        }
        return rest == .busy ? .wait : .end
    }

    /// A step of one action, once the view rests.
    private mutating func done(_ rest: Rest, _ action: Action) -> Action {
        guard rest != .busy else { return .wait }
        self.advance()
        return action
    }

    private mutating func nextKey(of keys: [Key]) -> Key? {
        guard self.typed < keys.count else { return nil }
        defer { self.typed += 1 }
        return keys[self.typed]
    }

    private mutating func advance() {
        self.next += 1
        self.typed = 0
    }

    private static func shows(_ text: String, _ screen: Screen) -> Bool {
        (0..<screen.size.rows).contains { screen.text(row: $0).contains(text) }
    }
}
