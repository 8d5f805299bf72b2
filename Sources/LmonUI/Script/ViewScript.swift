package import LmonScreen

/// What somebody does with the view and when they look at it, one step a line.
///
/// A line begins with the name of its step: `keys jj<enter>`, `now q`, `paste TEXT`, `size 120x40`, `wait idle`,
/// `wait TEXT`, `click 3,5`, `screen LABEL`, `clipboard`. A line that begins with none of them is keys; `#` starts a comment.
package struct ViewScript: Hashable, Sendable {
    package struct Step: Hashable, Sendable {
        package let action: Action
        /// Counted from 1.
        package let line: Int

        package init(_ action: Action, line: Int) {
            self.action = action
            self.line = line
        }
    }

    package enum Action: Hashable, Sendable {
        /// Typed one by one, each when the view has come to rest.
        case keys([Key])
        /// Typed without waiting, while something is still running.
        case now([Key])
        case paste(String)
        case size(Screen.Size)
        /// The left button, at a column and a row counted from 0.
        case click(Screen.Position)
        case rest
        /// Until a row of the screen shows this.
        case text(String)
        /// Hand out the screen as it is.
        case screen(label: String)
        /// Hand out what was copied last.
        case clipboard
    }

    package let steps: [Step]

    package init(_ text: String) throws(ViewScriptError) {
        var steps: [Step] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = Self.trimmed(line)
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            let number = index + 1
            do throws(Mistake) {
                steps.append(Step(try Self.action(line), line: number))
            } catch {
                throw ViewScriptError(line: number, reason: error.reason)
            }
        }
        self.steps = steps
    }

    private struct Mistake: Error {
        let reason: String
    }

    private static func action(_ line: Substring) throws(Mistake) -> Action {
        let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        let rest = parts.count > 1 ? Self.trimmed(parts[1]) : ""
        switch parts.first {
        case "keys": return .keys(try self.keys(rest))
        case "now": return .now(try self.keys(rest))
        case "paste": return .paste(String(rest))
        case "size":
            guard let (columns, rows) = self.numbers(rest, by: "x"), (1...1000).contains(columns),
                (1...1000).contains(rows)
            else { throw Mistake(reason: "not a size: write COLUMNSxROWS, as in size 80x24") }
            return .size(Screen.Size(columns: columns, rows: rows))
        case "click":
            guard let (column, row) = self.numbers(rest, by: ",") else {
                throw Mistake(reason: "not a place: write COLUMN,ROW, counted from 0, as in click 4,2")
            }
            return .click(Screen.Position(column: column, row: row))
        case "wait":
            guard !rest.isEmpty else { throw Mistake(reason: "wait for what? wait idle, or wait TEXT") }
            return rest == "idle" ? .rest : .text(String(rest))
        case "screen": return .screen(label: String(rest))
        case "clipboard" where rest.isEmpty: return .clipboard
        default: return .keys(try self.keys(line))
        }
    }

    private static func keys(_ text: Substring) throws(Mistake) -> [Key] {
        if let name = KeyScript.unknownName(in: String(text)) {
            throw Mistake(reason: "no key is called \(name); the character < is written <lt>")
        }
        return KeyScript.keys(String(text))
    }

    private static func numbers(_ text: Substring, by separator: Character) -> (Int, Int)? {
        let numbers = text.split(separator: separator, omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let first = numbers[0], let second = numbers[1] else { return nil }
        return (first, second)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}

/// A line of a script that says nothing that can be done.
package struct ViewScriptError: Error, Hashable, Sendable, CustomStringConvertible {
    package let line: Int
    package let reason: String

    package var description: String { "line \(self.line): \(self.reason)" }
}
