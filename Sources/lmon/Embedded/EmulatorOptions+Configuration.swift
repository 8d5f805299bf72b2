import Foundation
import LmonEmulator
import LmonProject
import LmonStore

extension EmulatorOptions {
    /// What there is to run at a path, with the user's variables.
    func discover(_ path: String) throws -> Project {
        let options = try self.discoveryOptions()
        guard self.command.isEmpty else { return try Project.command(self.command, options: options) }
        do {
            return try Project.discover(path, options: options)
        } catch {
            // A file that is nothing else may be a program.
            if case .unsupportedProject = error.code, let project = Project.executable(path, options: options) {
                return project
            }
            throw Failure.usage(error.description)
        }
    }

    private func discoveryOptions() throws -> DiscoveryOptions {
        var options = DiscoveryOptions(handler: self.handler)
        if let envFile {
            options.variables.append(try VariablesFile(env: try Self.text(envFile, "--env-file"), path: envFile))
        }
        if let envVars {
            options.variables.append(try VariablesFile(json: try Self.text(envVars, "--env-vars"), path: envVars))
        }
        return options
    }

    private static func text(_ path: String, _ option: String) throws -> String {
        guard let data = InputFile.contents(path) else {
            throw Failure.usage("\(option) \(path): the file cannot be read")
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// Those of the templates' functions and those of the command line, which come after them.
    func layers(of project: Project) throws -> LayerFolders {
        let own = project.functions.flatMap(\.layers).map(\.value)
        do {
            return try LayerFolders(own + self.layer)
        } catch {
            let isGiven = self.layer.contains { error.description.hasPrefix("\($0): ") }
            throw Failure.usage(isGiven ? "--layer \(error)" : "\(error)")
        }
    }

    func configuration(of project: Project, _ layers: LayerFolders = .none) throws -> EmulatorConfiguration {
        let environment = ProcessInfo.processInfo.environment
        let isNode = project.functions.contains { $0.runtime.value.hasPrefix("nodejs") }
        guard !isNode || Self.isOnPath("node", environment) else {
            throw Failure.run("node is not on the PATH: install Node 18 or later to run these functions")
        }
        let functions = try project.functions.map {
            try EmulatedFunction($0).running($0, arguments: self.command.dropFirst()).interpreted($0, environment)
        }
        var configuration = EmulatorConfiguration(functions: functions)
        let isManaged = configuration.functions.contains { $0.runtime.isManaged }
        configuration.sandbox = self.noBubblewrap || !isManaged ? nil : Sandbox.working(Probe(environment: environment))
        for (index, definition) in project.functions.enumerated() {
            let layers = layers.selecting(definition.layers.map(\.value) + self.layer)
            configuration.functions[index].add(layers, isSandboxed: configuration.isSandboxed(functions[index]))
        }
        configuration.isPortFixed = self.port != nil
        configuration.port = self.port ?? configuration.port
        configuration.concurrency = self.concurrency ?? configuration.concurrency
        configuration.freezes = !self.noFreeze
        configuration.inherited = Self.credentials.merging(environment.filter { Self.inherited.contains($0.key) }) {
            $1
        }
        return configuration
    }

    /// What a runtime needs of this machine, and nothing that would make it depend on it.
    private static let inherited: Set<String> = [
        "PATH", "HOME", "USER", "LD_LIBRARY_PATH", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR",
    ]

    /// SDKs refuse to start without any.
    private static let credentials = [
        "AWS_ACCESS_KEY_ID": "LMONEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "not-a-secret",
        "AWS_SESSION_TOKEN": "not-a-token",
    ]

    private static func isOnPath(_ name: String, _ environment: [String: String]) -> Bool {
        (environment["PATH"] ?? "").split(separator: ":").contains { access("\($0)/\(name)", X_OK) == 0 }
    }
}

extension EmulatedFunction {
    /// In the sandbox layers are at `/opt`, as in Lambda; elsewhere what names files there is told where they are.
    fileprivate mutating func add(_ layers: LayerFolders, isSandboxed: Bool) {
        self.extensions = layers.extensions.map {
            ExternalExtension(
                name: $0.name,
                executable: $0.path,
                launchError: $0.launchError,
                launchReason: $0.launchReason
            )
        }
        self.layers = layers.folders
        self.variables = isSandboxed ? layers.variablesInOpt(self.variables) : layers.variables(self.variables)
    }

    init(_ definition: FunctionDefinition) {
        self.init(
            name: definition.name.value,
            runtime: .node,
            handler: definition.handler.value,
            codeFolder: definition.codeFolder.value
        )
        self.runtimeName = definition.runtime.value
        self.memoryMB = definition.memoryMB.value
        self.timeout = .seconds(definition.timeoutSeconds.value)
        self.variables = definition.environment.mapValues(\.value)
    }
}
