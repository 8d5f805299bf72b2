import LmonJSON

/// The line that ends each piece of a collector's stream: everything up to `cursor` has been sent. It is no record: it has no
/// member `environment`.
///
/// Whoever reads on after a broken connection asks for what is behind the last mark that came; what came behind that mark is
/// sent again.
package struct StreamMark: Hashable, Sendable {
    package enum State: String, Hashable, Sendable {
        /// More follows when it comes.
        case follows
        /// This was all that was asked for.
        case end
        /// The collector ends; it is worth trying again.
        case stopping
        /// What follows cannot be read.
        case broken
    }

    package let cursor: SpoolCursor
    /// The newest place in the store, wanted or not: how far the reader is behind.
    package let newest: Int64
    package let state: State
    /// Records behind the reader's cursor were deleted before they could be sent.
    package let isMissing: Bool

    package init(cursor: SpoolCursor, newest: Int64, state: State = .follows, isMissing: Bool = false) {
        self.cursor = cursor
        self.newest = newest
        self.state = state
        self.isMissing = isMissing
    }

    /// With its line's end.
    package var line: [UInt8] {
        JSONWriter.object {
            $0.member("cursor", self.cursor.description)
            $0.member("newest", Int(self.newest))
            if self.state != .follows { $0.member("state", self.state.rawValue) }
            if self.isMissing { $0.member("missing", true) }
        } + [UInt8(ascii: "\n")]
    }

    /// Nil if the line is none.
    package init?(line: [UInt8]) {
        var cursor: SpoolCursor?
        var newest = 0
        var state = State.follows
        var isMissing = false
        var scanner = JSONScanner(line)
        do {
            try scanner.beginObject()
            while let key = try scanner.nextKey() {
                switch key {
                case "cursor": cursor = SpoolCursor(try scanner.string())
                case "newest": newest = try scanner.int()
                // One that is not known yet changes nothing.
                case "state": state = State(rawValue: try scanner.string()) ?? .follows
                case "missing": isMissing = try scanner.bool()
                case "environment": return nil
                default: try scanner.skip()
                }
            }
            try scanner.finish()
        } catch { return nil }
        guard let cursor, newest >= 0 else { return nil }
        self.init(cursor: cursor, newest: Int64(newest), state: state, isMissing: isMissing)
    }
}
