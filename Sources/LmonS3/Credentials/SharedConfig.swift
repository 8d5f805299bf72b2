/// The files `~/.aws/config` and `~/.aws/credentials`: sections of settings, read as the AWS command line does.
package struct SharedConfig: Hashable, Sendable {
    /// Settings by profile, names in lower case. One that is nested below another is `outer.inner`.
    private var profiles: [String: [String: String]] = [:]
    /// `[services NAME]`, of the configuration only.
    private var services: [String: [String: String]] = [:]

    package init() {}

    /// The text of each file; nil where there is none. What the credentials say wins.
    package init(config: String?, credentials: String?) {
        for (title, settings) in Self.sections(config ?? "") {
            if title == "default" || title == "profile default" {
                self.profiles["default", default: [:]].merge(settings) { $1 }
            } else if let name = Self.name(title, after: "profile") {
                self.profiles[name, default: [:]].merge(settings) { $1 }
            } else if let name = Self.name(title, after: "services") {
                self.services[name, default: [:]].merge(settings) { $1 }
            }
        }
        for (title, settings) in Self.sections(credentials ?? "") {
            self.profiles[title, default: [:]].merge(settings) { $1 }
        }
    }

    package var names: [String] { self.profiles.keys.sorted() }

    /// A profile's settings; nil if no file has it.
    package subscript(profile profile: String) -> [String: String]? { self.profiles[profile] }

    /// What a profile's `services` section says, such as `s3.endpoint_url`.
    package func services(of profile: String) -> [String: String] {
        self.profiles[profile]?["services"].flatMap { self.services[$0] } ?? [:]
    }

    // MARK: The format

    private static func sections(_ text: String) -> [(title: String, settings: [String: String])] {
        var sections: [(title: String, settings: [String: String])] = []
        /// The setting whose nested ones follow.
        var outer: String?
        for line in text.split(whereSeparator: \.isNewline) {
            let isNested = line.first == " " || line.first == "\t"
            let content = Self.trimmed(line)
            guard let first = content.first, first != "#", first != ";" else { continue }
            if first == "[", let end = content.firstIndex(of: "]") {
                sections.append((Self.title(content[content.index(after: content.startIndex)..<end]), [:]))
                outer = nil
                continue
            }
            guard let equals = content.firstIndex(of: "="), !sections.isEmpty else { continue }
            let name = Self.trimmed(content[..<equals]).lowercased()
            let value = Self.withoutComment(Self.trimmed(content[content.index(after: equals)...]))
            guard !name.isEmpty else { continue }
            if isNested, let outer {
                sections[sections.count - 1].settings["\(outer).\(name)"] = value
            } else {
                sections[sections.count - 1].settings[name] = value
                outer = value.isEmpty ? name : nil
            }
        }
        return sections
    }

    /// Blanks in it count once.
    private static func title(_ text: Substring) -> String {
        text.split(whereSeparator: { $0 == " " || $0 == "\t" }).joined(separator: " ")
            .filter { $0 != "\"" && $0 != "'" }
    }

    private static func name(_ title: String, after word: String) -> String? {
        title.hasPrefix(word + " ") ? String(title.dropFirst(word.count + 1)) : nil
    }

    /// A comment behind a value begins with a blank.
    private static func withoutComment(_ value: Substring) -> String {
        var end = value.endIndex
        for mark in [" #", " ;", "\t#", "\t;"] {
            if let range = Self.range(of: mark, in: value) { end = min(end, range) }
        }
        return String(Self.trimmed(value[..<end]))
    }

    private static func range(of mark: String, in text: Substring) -> Substring.Index? {
        text.indices.first { text[$0...].hasPrefix(mark) }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }
}
