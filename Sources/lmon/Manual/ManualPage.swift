import LmonJSON
import LmonUI

/// lmon(1), from the definitions of its commands as the argument parser tells them, and from the table of keys.
enum ManualPage {
    /// `date` is when it is made: `2026-11-23`.
    static func text(of command: JSONValue, date: String) -> String {
        var page = Roff()
        page.raw(".TH LMON 1 \(date) lmon \"User Commands\"")
        page.macro("SH", "NAME")
        page.line("lmon - \(Self.uncapitalised(command["abstract"]?.string ?? ""))")
        Self.synopsis(of: command, &page)
        page.macro("SH", "DESCRIPTION")
        page.paragraphs(command["discussion"]?.string ?? "")
        page.macro("SH", "COMMANDS")
        for subcommand in Self.shown(command["subcommands"]) where subcommand["commandName"]?.string != "help" {
            Self.section(subcommand, of: "lmon", &page)
        }
        Self.keys(&page)
        Self.files(&page)
        return page.text
    }

    private static func synopsis(of command: JSONValue, _ page: inout Roff) {
        page.macro("SH", "SYNOPSIS")
        let names = Self.shown(command["subcommands"]).filter { $0["commandName"]?.string != "help" }
        page.raw(names.map { Self.usage($0, of: "lmon") }.joined(separator: "\n.br\n"))
    }

    private static func section(_ command: JSONValue, of parent: String, _ page: inout Roff) {
        let name = "\(parent) \(command["commandName"]?.string ?? "")"
        page.macro("SS", name)
        page.raw(Self.usage(command, of: parent))
        page.raw(".PP")
        page.prose(command["abstract"]?.string ?? "")
        if let discussion = command["discussion"]?.string { page.paragraphs(discussion, first: "PP") }
        for argument in Self.shown(command["arguments"]) { Self.argument(argument, &page) }
        for subcommand in Self.shown(command["subcommands"]) { Self.section(subcommand, of: name, &page) }
    }

    private static func usage(_ command: JSONValue, of parent: String) -> String {
        let arguments = Self.shown(command["arguments"])
        var words = [Roff.bold("\(parent) \(command["commandName"]?.string ?? "")")]
        if arguments.contains(where: { $0["kind"]?.string != "positional" }) {
            words.append("[\(Roff.italic("OPTIONS"))]")
        }
        for argument in arguments where argument["kind"]?.string == "positional" {
            let name = Roff.italic((argument["valueName"]?.string ?? "").uppercased())
            let repeated = argument["isRepeating"]?.bool == true ? name + "..." : name
            words.append(argument["isOptional"]?.bool == true ? "[\(repeated)]" : repeated)
        }
        return words.joined(separator: " ")
    }

    private static func argument(_ argument: JSONValue, _ page: inout Roff) {
        let value = Roff.italic((argument["valueName"]?.string ?? "").uppercased())
        let names = (argument["names"]?.array ?? []).map { name -> String in
            let text = name["name"]?.string ?? ""
            return Roff.bold(name["kind"]?.string == "long" ? "--\(text)" : "-\(text)")
        }
        page.raw(".TP")
        switch argument["kind"]?.string {
        case "positional": page.raw(value)
        case "option": page.raw(names.joined(separator: ", ") + " " + value)
        default: page.raw(names.joined(separator: ", "))
        }
        var text = argument["abstract"]?.string ?? ""
        if let standard = argument["defaultValue"]?.string { text += " (default: \(standard))" }
        page.prose(text)
    }

    private static func keys(_ page: inout Roff) {
        page.macro("SH", "KEYS")
        for group in Command.Group.allCases {
            page.macro("SS", group.rawValue)
            for binding in KeyTable.bindings where binding.group == group {
                page.raw(".TP")
                page.raw(Roff.bold(binding.label))
                page.prose(binding.help)
            }
        }
    }

    private static func files(_ page: inout Roff) {
        page.macro("SH", "FILES")
        page.raw(".TP")
        page.raw(Roff.italic("$XDG_STATE_HOME/lmon/sessions"))
        page.prose("Recorded sessions, else in ~/.local/state/lmon/sessions; kept 30 days or 2 GB.")
        page.macro("SH", "SEE ALSO")
        page.line("nc(1), jq(1), tmux(1)")
    }

    private static func shown(_ list: JSONValue?) -> [JSONValue] {
        (list?.array ?? []).filter { $0["shouldDisplay"]?.bool != false }
    }

    private static func uncapitalised(_ text: String) -> String {
        let text = text.hasSuffix(".") ? String(text.dropLast()) : text
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}
