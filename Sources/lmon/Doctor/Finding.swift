import LmonJSON
import LmonModel

/// One thing that lmon can use: whether it is there, and what lmon does without it.
struct Finding: Hashable, Sendable {
    enum Level: String, Hashable, Sendable {
        case fine
        /// lmon does without.
        case lacking
        /// What most people use lmon for does not work.
        case essential
    }

    let name: String
    let level: Level
    /// What was found.
    let text: String
    /// What lmon does without it, or what to do.
    let remedy: String?

    init(_ name: String, _ level: Level, _ text: String, _ remedy: String? = nil) {
        self.name = name
        self.level = level
        self.text = text
        self.remedy = remedy
    }

    /// `! bubblewrap  not there: functions run in …`.
    func line(_ marks: LineMarks, nameWidth: Int) -> TextLine {
        var line = TextLine()
        switch self.level {
        case .fine: line.append(marks.fine)
        case .lacking: line.append("!", .warning)
        case .essential: line.append(marks.failed, .failed)
        }
        line.append(" " + self.name + String(repeating: " ", count: nameWidth - self.name.count + 2), .title)
        line.append(TextRules.screen.sanitised(self.text))
        if let remedy { line.append(": " + TextRules.screen.sanitised(remedy), .dim) }
        return line
    }

    var json: [UInt8] {
        JSONWriter.object { writer in
            writer.member("name", self.name)
            writer.member("level", self.level.rawValue)
            writer.member("text", self.text)
            writer.member("remedy", self.remedy)
        }
    }
}
