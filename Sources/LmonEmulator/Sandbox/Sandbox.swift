/// bubblewrap, which shows processes only what Lambda would show them.
package struct Sandbox: Hashable, Sendable {
    /// `bwrap`, where it is.
    package var executable: String

    package init(executable: String) {
        self.executable = executable
    }

    /// Arguments with which it does what environments need of it, and nothing more: it works if it then ends with 0. Whether
    /// it does depends on the system as much as on it, so only running it tells.
    package static var trial: [String] {
        let system = SandboxPlaces.system()
        var layout = SandboxLayout(
            places: system.places,
            code: "/usr",
            runtimeFiles: "/usr",
            temporary: "/tmp",
            hosts: "/etc/hosts"
        )
        layout.links = system.links
        return layout.arguments(in: "/", running: ["true"])
    }
}

/// Where an environment is, for those who tell its processes.
package struct EnvironmentPlace: Hashable, Sendable {
    /// The loopback address that is this environment's alone, and has the names `sandbox` and `sandbox.localdomain` there; nil
    /// where environments share this machine's.
    package var address: String?
    /// Extensions of the user's own run beside it, which may want the agents' port there.
    package var hasExtensions: Bool
    /// Where its processes find the files of `InterceptorFiles`.
    package var files: String

    package init(address: String? = nil, hasExtensions: Bool = false, files: String) {
        self.address = address
        self.hasExtensions = hasExtensions
        self.files = files
    }
}
