import LmonRecord

/// Objects by key, in the order in which S3 lists them.
struct ObjectShelf {
    struct Object {
        let body: [UInt8]
        /// Milliseconds since 1970.
        let putAt: Int64
        /// No list has it before.
        let shownAt: Int64
    }

    struct Page {
        var objects: [(key: String, object: Object)] = []
        var folders: [String] = []
        /// There are more behind the last one.
        var goesOn = false
    }

    private(set) var objects: [String: Object] = [:]
    /// Keys in order, by all up to their function's slash.
    private var folders: [String: [String]] = [:]

    /// What a key was put with before; nil: it is new.
    mutating func put(_ key: String, _ object: Object) -> Object? {
        if let known = self.objects.updateValue(object, forKey: key) { return known }
        let folder = Self.folder(of: key)
        let keys = self.folders[folder] ?? []
        self.folders[folder, default: []].insert(key, at: Self.place(of: key, in: keys))
        return nil
    }

    /// The keys below `prefix` that come after `after`, at most so many; those of the root by their folders.
    func page(prefix: String, after: String, delimiter: Bool, maximum: Int, now: Int64) -> Page {
        var page = Page()
        if delimiter {
            page.folders = self.folders.keys.filter { $0.hasPrefix(prefix) }.sorted()
            return page
        }
        let keys = self.folders[Self.folder(of: prefix)] ?? []
        for key in keys[Self.place(of: after + "\u{0}", in: keys)...] {
            guard let object = self.objects[key], object.shownAt <= now else { continue }
            guard page.objects.count < maximum else {
                page.goesOn = true
                break
            }
            page.objects.append((key, object))
        }
        return page
    }

    /// `prefix/v1/function/` of a key.
    private static func folder(of key: String) -> String {
        guard let version = key.firstRange(of: "v1/"), let end = key[version.upperBound...].firstIndex(of: "/") else {
            return key
        }
        return String(key[...end])
    }

    /// Where a key stands or would stand.
    private static func place(of key: String, in keys: [String]) -> Int {
        // Most come at the end.
        if let last = keys.last, last < key { return keys.count }
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
