import NIOHTTP1

/// Header fields in their order, duplicates kept; names are compared without regard to case.
package struct HTTPHeaders: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    var storage: NIOHTTP1.HTTPHeaders

    package init(_ fields: [(name: String, value: String)] = []) {
        self.storage = NIOHTTP1.HTTPHeaders(fields.map { ($0.name, $0.value) })
    }

    package init(pairs: [(String, String)]) {
        self.storage = NIOHTTP1.HTTPHeaders(pairs)
    }

    package init(dictionaryLiteral fields: (String, String)...) {
        self.storage = NIOHTTP1.HTTPHeaders(fields)
    }

    init(_ storage: NIOHTTP1.HTTPHeaders) {
        self.storage = storage
    }

    package var fields: [(name: String, value: String)] { self.storage.map { (name: $0.name, value: $0.value) } }

    package var isEmpty: Bool { self.storage.isEmpty }

    package var count: Int { self.storage.count }

    /// The first value of that name; setting replaces all of them.
    package subscript(name: String) -> String? {
        get { self.storage.first(name: name) }
        set {
            if let newValue {
                self.storage.replaceOrAdd(name: name, value: newValue)
            } else {
                self.storage.remove(name: name)
            }
        }
    }

    /// All values of that name, in their order.
    package func values(_ name: String) -> [String] {
        self.storage[name]
    }

    package func contains(_ name: String) -> Bool {
        self.storage.contains(name: name)
    }

    package mutating func add(_ name: String, _ value: String) {
        self.storage.add(name: name, value: value)
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.count == right.count && zip(left, right).allSatisfy { $0.name == $1.name && $0.value == $1.value }
    }

    package func hash(into hasher: inout Hasher) {
        for field in self {
            hasher.combine(field.name)
            hasher.combine(field.value)
        }
    }
}

extension HTTPHeaders: Sequence {
    package typealias Element = (name: String, value: String)

    package func makeIterator() -> AnyIterator<Element> {
        var iterator = self.storage.makeIterator()
        return AnyIterator { iterator.next().map { (name: $0.name, value: $0.value) } }
    }
}
