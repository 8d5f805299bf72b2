#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Looks for what has to be seen of this machine so that a function runs.
enum SandboxPlaces {
    /// The folders of programs and libraries, where they are folders, and the links where they are links.
    static func system() -> (places: [String], links: [SandboxLayout.Mount]) {
        var places = ["/usr", "/etc", "/nix"].filter(Self.exists)
        var links: [SandboxLayout.Mount] = []
        for path in ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"] where Self.exists(path) {
            if let target = Self.link(path) {
                links.append(SandboxLayout.Mount(target, at: path))
            } else {
                places.append(path)
            }
        }
        // Often a link out of /etc.
        if let names = Self.resolved("/etc/resolv.conf"), !names.hasPrefix("/etc/") { places.append(names) }
        return (places, links)
    }

    /// Where a program and what belongs to it are: `/x` for `/x/bin/node`, and the same for each link on the way to the
    /// file itself, as a virtual environment's python is one.
    static func installation(of program: String, path: String) -> [String] {
        guard var file = Self.find(program, path: path) else { return [] }
        var places: [String] = []
        for _ in 0..<16 {
            places.append(Self.parent(Self.parent(file)))
            guard let target = Self.link(file) else { break }
            file = target.hasPrefix("/") ? target : "\(Self.parent(file))/\(target)"
        }
        if let last = Self.resolved(file) { places.append(Self.parent(Self.parent(last))) }
        return places.filter { $0 != "/" && $0 != "" }
    }

    /// An absolute path; nil if there is no such program.
    static func find(_ program: String, path: String) -> String? {
        if program.contains("/") { return Self.exists(program) ? program : nil }
        return path.split(separator: ":").map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
    }

    /// The folders of modules above the code, up to the repository's root, with the packages that they only link to, and the
    /// `package.json` that says what kind of modules the code's are.
    static func modules(above code: String) -> [String] {
        var places: [String] = []
        var folder = code
        while !Self.exists("\(folder)/.git"), folder != "/", folder != "" {
            folder = Self.parent(folder)
            let modules = "\(folder)/node_modules"
            places += ["\(folder)/package.json", modules].filter(Self.exists)
            places += Self.linked(in: modules)
        }
        return places + Self.linked(in: "\(code)/node_modules")
    }

    /// What links in a folder of modules lead to, in scopes (`@x/y`) as well.
    private static func linked(in modules: String) -> [String] {
        Folders.names(in: modules).flatMap { name -> [String] in
            let path = "\(modules)/\(name)"
            let packages = name.hasPrefix("@") ? Folders.names(in: path).map { "\(path)/\($0)" } : [path]
            return packages.compactMap { Self.link($0) == nil ? nil : Self.resolved($0) }
        }
    }

    // MARK: Files

    static func entries(of folder: String) -> [LayerMounts.Entry] {
        Folders.names(in: folder).map { LayerMounts.Entry(name: $0, isFolder: Self.isFolder("\(folder)/\($0)")) }
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func parent(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "" }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Without links; nil if it does not exist.
    static func resolved(_ path: String) -> String? {
        guard let pointer = realpath(path, nil) else { return nil }
        defer { free(pointer) }
        return String(cString: pointer)
    }

    /// What a link leads to, as it says it; nil if it is none.
    static func link(_ path: String) -> String? {
        let bytes = [CChar](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
            count = buffer.baseAddress.map { max(0, readlink(path, $0, buffer.count)) } ?? 0
        }
        return bytes.isEmpty ? nil : String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func isFolder(_ path: String) -> Bool {
        var information = stat()
        return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
    }
}
