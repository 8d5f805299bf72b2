/// `/opt` as Lambda makes it of several layers: all of their files, the later ones in the place of the earlier. Pure.
enum LayerMounts {
    struct Entry: Hashable {
        let name: String
        let isFolder: Bool
    }

    /// - Parameters:
    ///   - folders: the layers', the later ones win.
    ///   - extensions: programs that appear in `/opt/extensions`, wherever they are.
    ///   - list: what is in a folder.
    /// - Returns: the mounts that are needed: of whole folders where only one layer has them.
    static func mounts(
        of folders: [String],
        extensions: [(name: String, executable: String)],
        list: (String) -> [Entry]
    ) -> [SandboxLayout.Mount] {
        var mounts: [SandboxLayout.Mount] = []
        Self.merge(folders, at: "/opt", list, into: &mounts)
        let programs = extensions.map { SandboxLayout.Mount($0.executable, at: "/opt/extensions/\($0.name)") }
        let taken = Set(programs.map(\.target))
        return mounts.filter { !taken.contains($0.target) } + programs
    }

    private static func merge(
        _ folders: [String],
        at target: String,
        _ list: (String) -> [Entry],
        into mounts: inout [SandboxLayout.Mount]
    ) {
        var found: [String: [(source: String, isFolder: Bool)]] = [:]
        for folder in folders {
            for entry in list(folder) {
                found[entry.name, default: []].append(("\(folder)/\(entry.name)", entry.isFolder))
            }
        }
        for (name, sources) in found.sorted(by: { $0.key < $1.key }) {
            let path = "\(target)/\(name)"
            // A file hides the folders before it, and a folder the files.
            let merged = sources.suffix(while: \.isFolder)
            if merged.count > 1 || (path == "/opt/extensions" && merged.count == 1) {
                Self.merge(merged.map(\.source), at: path, list, into: &mounts)
            } else if let last = sources.last {
                mounts.append(SandboxLayout.Mount(last.source, at: path))
            }
        }
    }
}

extension Array {
    /// The longest end of it whose elements all satisfy `condition`.
    fileprivate func suffix(while condition: (Element) -> Bool) -> ArraySlice<Element> {
        var start = self.endIndex
        while start > self.startIndex, condition(self[start - 1]) { start -= 1 }
        return self[start...]
    }
}
