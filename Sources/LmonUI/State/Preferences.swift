import LmonJSON

/// How somebody likes the view: kept from one run to the next.
package struct Preferences: Hashable, Sendable {
    package var layout = PaneLayout.automatic
    package var wraps = true
    package var hasMouse = true

    package init() {}

    /// From what `bytes` wrote; whatever is missing or not understood stays as it is by default.
    package init(_ bytes: [UInt8]) {
        guard let value = try? JSONValue(parsing: bytes) else { return }
        if let name = value["layout"]?.string, let layout = PaneLayout(rawValue: name) { self.layout = layout }
        self.wraps = value["wrap"]?.bool ?? self.wraps
        self.hasMouse = value["mouse"]?.bool ?? self.hasMouse
    }

    package var bytes: [UInt8] {
        JSONWriter.object { writer in
            writer.member("layout", self.layout.rawValue)
            writer.member("wrap", self.wraps)
            writer.member("mouse", self.hasMouse)
        }
    }
}

extension UIState {
    package var preferences: Preferences {
        var preferences = Preferences()
        preferences.layout = self.layoutChoice
        preferences.wraps = self.wraps
        preferences.hasMouse = self.hasMouse
        return preferences
    }

    /// After one of them was changed by a key.
    var rememberEffects: [UIEffect] { [.remember(self.preferences)] }
}
