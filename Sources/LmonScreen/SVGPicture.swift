/// A screen as an SVG picture: a terminal's window with the colours of the 256-colour palette.
///
/// Every run of text is told the width that its columns take, and blocks are drawn as shapes, so that the picture does
/// not depend on the font of whoever looks at it. Nothing in it is scripted or loaded.
package struct SVGPicture {
    /// The document, ending with a newline; one element a line, so that a difference can be read.
    package let text: String

    private static let cellWidth = 8
    private static let cellHeight = 17
    private static let fontSize = 13.3
    /// From a row's top to the line that its letters stand on.
    private static let baseline = 13
    private static let margin = 14
    private static let bar = 30

    /// `title` stands in the window's bar.
    package init(_ screen: Screen, title: String) {
        let width = screen.size.columns * Self.cellWidth + 2 * Self.margin
        let height = screen.size.rows * Self.cellHeight + Self.bar + 2 * Self.margin
        var lines = Self.frame(width: width, height: height, title: title)
        for row in 0..<screen.size.rows { lines += Self.row(row, of: screen) }
        lines += ["</g>", "</svg>", ""]
        self.text = lines.joined(separator: "\n")
    }

    private static func frame(width: Int, height: Int, title: String) -> [String] {
        let fonts =
            "ui-monospace,'SF Mono',SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"
        let name = Self.escaped(title)
        return [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
                + "viewBox=\"0 0 \(width) \(height)\" role=\"img\" aria-label=\"\(name)\">",
            "<style>text{font:\(Self.fontSize)px \(fonts);white-space:pre}</style>",
            "<rect width=\"\(width)\" height=\"\(height)\" rx=\"9\" fill=\"\(SVGColors.window)\"/>",
            "<rect y=\"\(Self.bar)\" width=\"\(width)\" height=\"1\" fill=\"\(SVGColors.rule)\"/>",
            "<circle cx=\"18\" cy=\"15\" r=\"5.5\" fill=\"#ff5f57\"/>",
            "<circle cx=\"37\" cy=\"15\" r=\"5.5\" fill=\"#febc2e\"/>",
            "<circle cx=\"56\" cy=\"15\" r=\"5.5\" fill=\"#28c840\"/>",
            "<text x=\"\(width / 2)\" y=\"19\" text-anchor=\"middle\" fill=\"\(SVGColors.faint)\">\(name)</text>",
            "<g transform=\"translate(\(Self.margin) \(Self.bar + Self.margin))\" fill=\"\(SVGColors.foreground)\">",
        ]
    }

    // MARK: Rows

    /// Columns of one look that hold text, or one block, or blanks.
    private struct Run {
        var column: Int
        var width: Int
        var text: String
        var look: SVGLook
        var block: BlockShape?
        /// A cluster by itself: nothing may be added, since its own width is uncertain.
        var isClosed: Bool
    }

    private static func row(_ row: Int, of screen: Screen) -> [String] {
        let runs = Self.runs(row, of: screen)
        return Self.backgrounds(of: runs, row: row) + runs.flatMap { Self.foreground(of: $0, row: row) }
    }

    private static func runs(_ row: Int, of screen: Screen) -> [Run] {
        var runs: [Run] = []
        for column in 0..<screen.size.columns {
            let cell = screen[column, row]
            guard !cell.isContinuation else { continue }
            let look = SVGLook(cell.style)
            let text = screen.text(of: cell)
            let width = column + 1 < screen.size.columns && screen[column + 1, row].isContinuation ? 2 : 1
            let block = cell.scalar.flatMap { BlockShape($0) }
            let isClosed = width > 1 || cell.scalar == nil
            let isWhole = block.map { $0.width == 1 } ?? true
            if let last = runs.last, last.look == look, last.block == block, isWhole, !last.isClosed, !isClosed {
                runs[runs.count - 1].width += 1
                runs[runs.count - 1].text += text
            } else {
                runs.append(
                    Run(column: column, width: width, text: text, look: look, block: block, isClosed: isClosed)
                )
            }
        }
        return runs
    }

    /// Neighbours of one background are one rectangle, so that no seam shows between them.
    private static func backgrounds(of runs: [Run], row: Int) -> [String] {
        var areas: [(column: Int, width: Int, color: String)] = []
        for run in runs {
            guard let color = run.look.background else { continue }
            if let last = areas.last, last.color == color, last.column + last.width == run.column {
                areas[areas.count - 1].width += run.width
            } else {
                areas.append((run.column, run.width, color))
            }
        }
        return areas.map { area in
            Self.rectangle(
                x: Double(area.column * Self.cellWidth),
                y: Double(row * Self.cellHeight),
                width: Double(area.width * Self.cellWidth),
                height: Double(Self.cellHeight),
                fill: " fill=\"\(area.color)\""
            )
        }
    }

    private static func foreground(of run: Run, row: Int) -> [String] {
        if let block = run.block { return [Self.shape(block, run, row: row)] }
        if run.isClosed { return [Self.text(run.text, run.column, run.width, run.look, row: row)] }
        return Self.words(run).map { Self.text($0.text, $0.column, $0.text.unicodeScalars.count, run.look, row: row) }
    }

    /// The parts between two blanks and more, which some viewers would shrink to one; all of it where it is underlined.
    private static func words(_ run: Run) -> [(text: String, column: Int)] {
        guard !run.look.isUnderlined else { return [(run.text, run.column)] }
        var words: [(text: String, column: Int)] = []
        var blanks = 2
        for (offset, scalar) in run.text.unicodeScalars.enumerated() {
            guard scalar != " " else {
                blanks += 1
                continue
            }
            if blanks > 1 { words.append(("", run.column + offset)) }
            if blanks == 1 { words[words.count - 1].text += " " }
            words[words.count - 1].text.unicodeScalars.append(scalar)
            blanks = 0
        }
        return words
    }

    private static func text(_ text: String, _ column: Int, _ columns: Int, _ look: SVGLook, row: Int) -> String {
        "<text x=\"\(column * Self.cellWidth)\" y=\"\(row * Self.cellHeight + Self.baseline)\" "
            + "textLength=\"\(columns * Self.cellWidth)\" lengthAdjust=\"spacingAndGlyphs\""
            + "\(look.attributes)>\(Self.escaped(text))</text>"
    }

    private static func shape(_ block: BlockShape, _ run: Run, row: Int) -> String {
        let cell = (width: Double(Self.cellWidth), height: Double(Self.cellHeight))
        // A shape as wide as its cell is one for a whole run of them; a narrower one is a run by itself.
        // Bars of neighbouring rows are told apart.
        let inset = block.isBar ? 1.0 : 0
        let width = block.width == 1 ? cell.width * Double(run.width) : cell.width * block.width
        return Self.rectangle(
            x: Double(run.column) * cell.width + block.x * cell.width,
            y: Double(row) * cell.height + block.y * cell.height + inset,
            width: width,
            height: block.height * cell.height - 2 * inset,
            fill: run.look.fill + (block.opacity < 1 ? " fill-opacity=\"\(block.opacity)\"" : "")
        )
    }

    private static func rectangle(x: Double, y: Double, width: Double, height: Double, fill: String) -> String {
        "<rect x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(width))\" "
            + "height=\"\(Self.number(height))\"\(fill)/>"
    }

    /// At most two places, and none that says nothing.
    private static func number(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let whole = "\(hundredths / 100)"
        switch hundredths % 100 {
        case 0: return whole
        case let rest where rest % 10 == 0: return "\(whole).\(rest / 10)"
        case let rest: return rest < 10 ? "\(whole).0\(rest)" : "\(whole).\(rest)"
        }
    }

    /// Text for XML 1.0, which has no control characters: a screen holds none, but a title may.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in Text.sanitised(text).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
