import LmonJSON

/// How somebody likes the view: kept from one run to the next.
package struct Preferences: Hashable, Sendable {
    package var layout = PaneLayout.automatic
    package var wraps = true
    package var hasMouse = true
    package var filters = History()
    package var searches = History()

    package init() {}

    /// From what `bytes` wrote; whatever is missing or not understood stays as it is by default.
    package init(_ bytes: [UInt8]) {
        guard let value = try? JSONValue(parsing: bytes) else { return }
        if let name = value["layout"]?.string, let layout = PaneLayout(rawValue: name) { self.layout = layout }
        self.wraps = value["wrap"]?.bool ?? self.wraps
        self.hasMouse = value["mouse"]?.bool ?? self.hasMouse
        self.filters = Self.history(value["filters"])
        self.searches = Self.history(value["searches"])
    }

    private static func history(_ value: JSONValue?) -> History {
        History((value?.array ?? []).compactMap(\.string))
    }

    package var bytes: [UInt8] {
        JSONWriter.object { writer in
            writer.member("layout", self.layout.rawValue)
            writer.member("wrap", self.wraps)
            writer.member("mouse", self.hasMouse)
            writer.array("filters") { for line in self.filters.lines { $0.string(line) } }
            writer.array("searches") { for line in self.searches.lines { $0.string(line) } }
        }
    }
}

extension UIState {
    package var preferences: Preferences {
        var preferences = Preferences()
        preferences.layout = self.layoutChoice
        preferences.wraps = self.wraps
        preferences.hasMouse = self.hasMouse
        preferences.filters = self.filters
        preferences.searches = self.searches
        return preferences
    }

    /// After one of them was changed by a key.
    var rememberEffects: [UIEffect] { [.remember(self.preferences)] }
}
