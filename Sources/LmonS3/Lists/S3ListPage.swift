package import LmonRecord

/// A page of a bucket's keys: the answer to ListObjectsV2.
package struct S3ListPage: Hashable, Sendable {
    package struct Object: Hashable, Sendable {
        package let key: String
        package let size: Int
        /// When it was put, by S3's clock; nil if the answer does not say.
        package let modified: Timestamp?

        package init(key: String, size: Int, modified: Timestamp? = nil) {
            self.key = key
            self.size = size
            self.modified = modified
        }
    }

    package var objects: [Object] = []
    /// Where a delimiter was asked for: what stands before it, the delimiter included.
    package var prefixes: [String] = []
    /// Asks for the next page; nil on the last one.
    package var continuation: String?
    /// Keys that cannot be read: not the encoding that was asked for.
    package var unreadable = 0

    package init() {}

    /// Reads the answer's body. Elements that it does not know are passed over.
    package init(xml: [UInt8]) throws(XMLError) {
        var scanner = XMLScanner(xml)
        guard case .start(let root)? = try scanner.next(), root == "ListBucketResult" else {
            throw scanner.error(.unexpected("the answer is no list of a bucket"))
        }
        var raw = Raw()
        try scanner.children { name, scanner throws(XMLError) in try raw.read(name, &scanner) }
        // There is one element, and nothing after it.
        while try scanner.next() != nil {}
        guard !raw.isTruncated || raw.token?.isEmpty == false else {
            throw scanner.error(.unexpected("the list goes on, and does not say where"))
        }
        self.continuation = raw.isTruncated ? raw.token : nil
        for object in raw.objects {
            guard let key = raw.decode(object.key), let size = Int(object.size), size >= 0 else {
                self.unreadable += 1
                continue
            }
            self.objects.append(Object(key: key, size: size, modified: Timestamp(object.modified)))
        }
        for prefix in raw.prefixes {
            if let prefix = raw.decode(prefix) { self.prefixes.append(prefix) } else { self.unreadable += 1 }
        }
    }

    /// The elements as they stand; the encoding may be told after them.
    private struct Raw {
        var objects: [(key: String, size: String, modified: String)] = []
        var prefixes: [String] = []
        var isTruncated = false
        var token: String?
        var isEncoded = false

        mutating func read(_ name: String, _ scanner: inout XMLScanner) throws(XMLError) {
            switch name {
            case "IsTruncated": self.isTruncated = try scanner.content() == "true"
            case "NextContinuationToken": self.token = try scanner.content()
            case "EncodingType": self.isEncoded = try scanner.content() == "url"
            case "Contents":
                var object = (key: "", size: "", modified: "")
                try scanner.children { name, scanner throws(XMLError) in
                    switch name {
                    case "Key": object.key = try scanner.content()
                    case "Size": object.size = try scanner.content()
                    case "LastModified": object.modified = try scanner.content()
                    default: _ = try scanner.content()
                    }
                }
                self.objects.append(object)
            case "CommonPrefixes":
                try scanner.children { name, scanner throws(XMLError) in
                    let text = try scanner.content()
                    if name == "Prefix" { self.prefixes.append(text) }
                }
            default: _ = try scanner.content()
            }
        }

        func decode(_ text: String) -> String? {
            guard !text.isEmpty else { return nil }
            return self.isEncoded ? PercentEncoding.decode(text, plusIsSpace: true) : text
        }
    }
}
