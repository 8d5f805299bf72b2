/// What a process of an environment sees of this machine, as Lambda would show it. Pure: paths in, bubblewrap's arguments
/// out; whoever makes one has looked for the paths.
///
/// Nothing is there that is not named: the root is empty, all of this machine's own is read-only, and `/tmp` is the
/// environment's.
package struct SandboxLayout: Hashable, Sendable {
    /// A file or folder of this machine, and where it appears.
    package struct Mount: Hashable, Sendable {
        package var source: String
        package var target: String

        package init(_ source: String, at target: String) {
            self.source = source
            self.target = target
        }
    }

    /// `/bin` and its like, where they are links: to what.
    package var links: [Mount] = []
    /// What appears where it is: the system, the code, the interpreter, modules beside the code.
    package var places: [String]
    /// Appears as `/var/task` too.
    package var code: String
    /// Appears as `/var/runtime`.
    package var runtimeFiles: String
    /// Below `/opt`.
    package var layers: [Mount] = []
    /// Appears as `/tmp`; the only one that can be written to.
    package var temporary: String
    /// Appears as `/etc/hosts`.
    package var hosts: String

    package init(places: [String], code: String, runtimeFiles: String, temporary: String, hosts: String) {
        self.places = places
        self.code = code
        self.runtimeFiles = runtimeFiles
        self.temporary = temporary
        self.hosts = hosts
    }

    /// The arguments for a command that starts in `folder`. The processes keep their ids and this machine's network; they
    /// end when the one that bubblewrap waits in does.
    package func arguments(in folder: String, running command: [String]) -> [String] {
        var arguments = ["--die-with-parent", "--tmpfs", "/"]
        for link in self.links { arguments += ["--symlink", link.source, link.target] }
        // Before what lies below it.
        arguments += ["--bind", self.temporary, "/tmp"]
        for place in Self.outermost(self.places) { arguments += ["--ro-bind", place, place] }
        arguments += ["--proc", "/proc", "--dev", "/dev"]
        arguments += ["--ro-bind", self.code, "/var/task", "--ro-bind", self.runtimeFiles, "/var/runtime"]
        for layer in self.layers { arguments += ["--ro-bind", layer.source, layer.target] }
        arguments += ["--ro-bind", self.hosts, "/etc/hosts", "--remount-ro", "/", "--chdir", folder, "--"]
        return arguments + command
    }

    /// Without those that lie within others, outer ones first.
    static func outermost(_ places: [String]) -> [String] {
        var kept: [String] = []
        for place in Set(places).sorted() where place.hasPrefix("/") && place != "/" {
            if !kept.contains(where: { place.hasPrefix("\($0)/") }) { kept.append(place) }
        }
        return kept
    }
}
