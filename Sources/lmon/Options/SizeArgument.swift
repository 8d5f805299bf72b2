import ArgumentParser

/// Bytes on the command line: `500MB`, `2GB`, `1.5GiB`; a bare number is bytes.
struct SizeArgument: Hashable, Sendable, ExpressibleByArgument {
    let bytes: Int
    let text: String

    init(bytes: Int, text: String) {
        self.bytes = bytes
        self.text = text
    }

    init?(argument: String) {
        let units: [(suffix: String, bytes: Double)] = [
            ("KiB", 1024), ("MiB", 1_048_576), ("GiB", 1_073_741_824), ("TiB", 1_099_511_627_776), ("KB", 1e3),
            ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("B", 1), ("", 1),
        ]
        guard let unit = units.first(where: { argument.lowercased().hasSuffix($0.suffix.lowercased()) }),
            let number = Double(argument.dropLast(unit.suffix.count)), number.isFinite, number > 0
        else { return nil }
        let bytes = number * unit.bytes
        guard bytes < 1e18 else { return nil }
        self.bytes = Int(bytes.rounded())
        self.text = argument
    }
}
