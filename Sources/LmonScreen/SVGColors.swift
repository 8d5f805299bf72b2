/// The colours of an SVG picture: the 256-colour palette as xterm has it, on a dark window.
enum SVGColors {
    static let window = "#15181e"
    static let rule = "#2a2f38"
    static let foreground = "#d6dae0"
    static let faint = "#7d8590"

    /// The first sixteen, which every terminal chooses for itself.
    private static let base = [
        "#1d2127", "#e5534b", "#57ab5a", "#c69026", "#539bf5", "#b083f0", "#39c5cf", "#adbac7",
        "#768390", "#ff938a", "#8ddb8c", "#daaa3f", "#6cb6ff", "#dcbdfb", "#56d4dd", "#ffffff",
    ]

    static func color(_ number: UInt8) -> String {
        switch Int(number) {
        case let index where index < 16: return self.base[index]
        case let index where index < 232:
            let cube = index - 16
            return self.hexadecimal([cube / 36, cube / 6 % 6, cube % 6].map { $0 == 0 ? 0 : 55 + 40 * $0 })
        case let index:
            let level = 8 + 10 * (index - 232)
            return self.hexadecimal([level, level, level])
        }
    }

    private static func hexadecimal(_ levels: [Int]) -> String {
        "#" + levels.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// How a style looks in a picture.
struct SVGLook: Hashable {
    let color: String
    let background: String?
    private let weights: Attributes

    init(_ style: Style) {
        let look = Palette.appearance(of: style, depth: .palette256)
        let color = look.foreground.map(SVGColors.color)
        let background = look.background.map(SVGColors.color)
        if look.attributes.contains(.reverse) {
            self.color = background ?? SVGColors.window
            self.background = color ?? SVGColors.foreground
        } else {
            self.color = color ?? SVGColors.foreground
            self.background = background
        }
        self.weights = look.attributes.intersection([.bold, .dim, .italic, .underline])
    }

    var isUnderlined: Bool { self.weights.contains(.underline) }

    /// Left out where it is the window's own.
    var fill: String { self.color == SVGColors.foreground ? "" : " fill=\"\(self.color)\"" }

    var attributes: String {
        var text = self.fill
        if self.weights.contains(.bold) { text += " font-weight=\"bold\"" }
        if self.weights.contains(.dim) { text += " opacity=\"0.6\"" }
        if self.weights.contains(.italic) { text += " font-style=\"italic\"" }
        if self.weights.contains(.underline) { text += " text-decoration=\"underline\"" }
        return text
    }
}

/// A block element or a line as the part of its cell that it fills, so that neighbours join without a gap.
struct BlockShape: Hashable {
    var x = 0.0
    var y = 0.0
    var width = 1.0
    var height = 1.0
    var opacity = 1.0
    /// As high as its row, and no line.
    var isBar = false

    init?(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x2581...0x2588:
            self.height = Double(scalar.value - 0x2580) / 8
            self.y = 1 - self.height
        case 0x2589...0x258F: self.width = Double(0x2590 - scalar.value) / 8
        case 0x2590: (self.x, self.width) = (0.5, 0.5)
        case 0x2591...0x2593: self.opacity = Double(scalar.value - 0x2590) / 4
        case 0x2594: self.height = 1 / 8
        case 0x2595: (self.x, self.width) = (7 / 8, 1 / 8)
        case 0x2500: (self.y, self.height) = (0.5, 1 / 16)
        case 0x2502: (self.x, self.width) = (0.45, 1 / 8)
        default: return nil
        }
        self.isBar = self.height == 1 && scalar.value != 0x2502
    }
}
