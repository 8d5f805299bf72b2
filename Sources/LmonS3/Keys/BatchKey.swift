import LmonRecord
package import LmonSpool

/// The keys of batches in a bucket, below the location's prefix:
/// `v1/<function>/<yyyy>/<mm>/<dd>/<hh>/<formed, 13 digits>-<environment>-<first, 10 digits>-<last, 10 digits>.ndjson.gz`.
///
/// Within a function they sort by the time at which their batch was formed, so that a list after a key is one of what is new.
package enum BatchKey {
    static let version = "v1/"
    static let ending = ".ndjson.gz"

    /// The key of a batch. What a name may not hold in a key is percent-encoded.
    package static func key(_ name: BatchName, prefix: String) -> String {
        let first = Self.digits(Int64(name.numbers.lowerBound), 10)
        let last = Self.digits(Int64(name.numbers.upperBound), 10)
        return Self.start(function: name.function, at: name.formed, prefix: prefix)
            + "-\(PercentEncoding.encode(name.environment))-\(first)-\(last)\(Self.ending)"
    }

    /// What the keys of all functions begin with.
    package static func root(prefix: String) -> String { prefix + Self.version }

    /// What the keys of a function begin with.
    package static func folder(function: String, prefix: String) -> String {
        "\(prefix)\(Self.version)\(Self.encode(function: function))/"
    }

    /// What sorts before every key of a batch that was formed at `time` or later, and after all that were formed earlier.
    package static func start(function: String, at time: Int64, prefix: String) -> String {
        let time = min(max(0, time), Self.latest)
        let hour = Timestamp(microseconds: time * 1000).utf8.prefix(13)
        let path = hour.map { [UInt8(ascii: "-"), UInt8(ascii: "T")].contains($0) ? UInt8(ascii: "/") : $0 }
        let folder = Self.folder(function: function, prefix: prefix)
        return "\(folder)\(String(decoding: path, as: UTF8.self))/\(Self.digits(time, 13))"
    }

    /// The batch that a key names; nil: it is a foreign object's. Only what `key` writes is ours.
    package static func name(_ key: String, prefix: String) -> BatchName? {
        // By bytes: a viewer reads the same keys again and again.
        let start = prefix + Self.version
        guard key.hasPrefix(start), key.hasSuffix(Self.ending) else { return nil }
        let parts = key.utf8.dropFirst(start.utf8.count).dropLast(Self.ending.utf8.count)
            .split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count == 6, let function = Self.function(String(Substring(parts[0]))), let file = parts.last else {
            return nil
        }
        let fields = file.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard fields.count >= 4, let formed = Self.number(fields[0], 13),
            let first = Self.number(fields[fields.count - 2], 10), let last = Self.number(fields[fields.count - 1], 10),
            first > 0, first <= last,
            let environment = PercentEncoding.decode(
                String(Substring(file[fields[1].startIndex..<fields[fields.count - 3].endIndex]))
            ),
            !environment.isEmpty
        else { return nil }
        let name = BatchName(
            function: function,
            formed: formed,
            environment: environment,
            numbers: Int(first)...Int(last)
        )
        return Self.key(name, prefix: prefix) == key ? name : nil
    }

    /// The function that a folder below the root is for, from its name without the slash.
    package static func function(_ folder: String) -> String? {
        guard !folder.isEmpty, let name = PercentEncoding.decode(folder) else { return nil }
        return Self.encode(function: name) == folder ? name : nil
    }

    /// Dots alone would be a path's steps for many a tool.
    private static func encode(function: String) -> String {
        let encoded = PercentEncoding.encode(function)
        return encoded.utf8.allSatisfy { $0 == UInt8(ascii: ".") } && !encoded.isEmpty
            ? String(repeating: "%2E", count: encoded.utf8.count) : encoded
    }

    /// The last millisecond that has 13 digits.
    static let latest: Int64 = 9_999_999_999_999

    private static func digits(_ number: Int64, _ count: Int) -> String {
        let text = String(max(0, number))
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }

    private static func number(_ text: Substring.UTF8View, _ count: Int) -> Int64? {
        var number: Int64 = 0
        var length = 0
        for byte in text {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), length < count else { return nil }
            number = number * 10 + Int64(byte - UInt8(ascii: "0"))
            length += 1
        }
        return length == count ? number : nil
    }
}
