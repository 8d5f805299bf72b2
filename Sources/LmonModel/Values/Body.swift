/// What was sent or received as a body, as far as it was kept.
package struct Body: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        case text(String)
        case base64(String)
    }

    /// Nil when only sizes were kept.
    package var content: Content?
    /// Bytes on the wire.
    package var size: Int?
    /// Bytes after decoding `encoding`.
    package var decodedSize: Int?
    package var isTruncated = false
    package var encoding: String?
    package var isRedacted = false

    package init(_ content: Content? = nil, size: Int? = nil) {
        self.content = content
        self.size = size
    }

    package var text: String? {
        guard case .text(let text) = self.content else { return nil }
        return text
    }

    /// The memory that its content takes, about.
    package var cost: Int {
        switch self.content {
        case .text(let text), .base64(let text): text.utf8.count
        case nil: 0
        }
    }
}

/// One header line; order and duplicates are kept in a list of these.
package struct Header: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
