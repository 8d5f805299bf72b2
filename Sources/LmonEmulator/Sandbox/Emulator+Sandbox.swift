import LmonHTTP
import LmonSupervisor

extension Emulator {
    func isSandboxed(_ function: EmulatedFunction) -> Bool { self.configuration.isSandboxed(function) }

    /// Where Lambda has what is needed to run a function.
    static let runtimeFolder = "/var/runtime"

    func place(of environment: ExecutionEnvironment, _ function: EmulatedFunction) -> EnvironmentPlace {
        EnvironmentPlace(
            address: environment.address,
            hasExtensions: !function.extensions.isEmpty,
            files: self.isSandboxed(function) ? Self.runtimeFolder : self.filesFolder
        )
    }

    /// A loopback address that no other environment has, of this emulator or another: whoever can open the agents' port there
    /// has it.
    func ownAddress(_ function: EmulatedFunction) -> String? {
        guard self.isSandboxed(function) else { return nil }
        for _ in 0..<64 {
            let number = self.identifiers.pair().1
            let address = "127.77.\(number >> 8).\(max(1, min(254, number & 255)))"
            if !self.addresses.contains(address), FreePort.isFree(4243, on: address) {
                self.addresses.insert(address)
                return address
            }
        }
        return nil
    }

    /// The machine's own names, with the environment's before them.
    func writeHosts(_ environment: ExecutionEnvironment) throws {
        guard let address = environment.address else { return }
        let own = Array("\(address) sandbox sandbox.localdomain\n".utf8)
        _ = try self.folders.write(own + Folders.contents("/etc/hosts"), to: "\(environment.name)/hosts")
    }

    /// The same process, seeing what it may.
    func sandboxed(
        _ request: ProcessRequest,
        _ function: EmulatedFunction,
        _ environment: ExecutionEnvironment
    ) -> ProcessRequest {
        guard let sandbox = self.configuration.sandbox, self.isSandboxed(function) else { return request }
        var wrapped = request
        let layout = self.layout(function, environment, path: request.environment["PATH"] ?? "")
        wrapped.executable = sandbox.executable
        wrapped.arguments = layout.arguments(in: function.codeFolder, running: [request.executable] + request.arguments)
        wrapped.workingDirectory = nil
        wrapped.isWrapped = true
        return wrapped
    }

    private func layout(
        _ function: EmulatedFunction,
        _ environment: ExecutionEnvironment,
        path: String
    ) -> SandboxLayout {
        let system = SandboxPlaces.system()
        let interpreter: String
        switch function.runtime {
        case .node: interpreter = self.configuration.node
        case .python(let executable), .command(let executable, _): interpreter = executable
        }
        var layout = SandboxLayout(
            places: system.places + [function.codeFolder] + SandboxPlaces.modules(above: function.codeFolder)
                + SandboxPlaces.installation(of: interpreter, path: path) + self.namedPlaces,
            code: function.codeFolder,
            runtimeFiles: self.filesFolder,
            temporary: "\(environment.folder)/tmp",
            hosts: "\(environment.folder)/hosts"
        )
        layout.links = system.links
        layout.layers = LayerMounts.mounts(
            of: function.layers,
            extensions: function.extensions.map { ($0.name, $0.executable) },
            list: SandboxPlaces.entries
        )
        return layout
    }

    /// Files that inherited variables name.
    private var namedPlaces: [String] {
        let values = ["LD_LIBRARY_PATH", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR"].compactMap {
            self.configuration.inherited[$0]
        }
        return values.flatMap { $0.split(separator: ":").map(String.init) }.filter(SandboxPlaces.exists)
    }
}
