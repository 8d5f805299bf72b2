import LmonProject

/// A disk that is a table. Paths are absolute; folders are what files lie in.
func files(_ table: [String: String]) -> ProjectFiles {
    ProjectFiles(
        currentFolder: "/p",
        kind: { path in
            if table[path] != nil { return .file }
            return path == "/" || table.keys.contains { $0.hasPrefix("\(path)/") } ? .folder : nil
        },
        read: { path, limit in table[path].map { Array($0.utf8.prefix(limit + 1)) } },
        writeInline: { name, text in "/cache/\(name)-\(text.count)" }
    )
}

func discover(
    _ table: [String: String],
    _ path: String = ".",
    options: DiscoveryOptions = DiscoveryOptions()
) throws(ProjectError) -> Project {
    try Project.discover(path, options: options, files: files(table))
}
