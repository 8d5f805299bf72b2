package import LmonProject

extension EmulatedFunction {
    /// What a project says, as something to run: node with lmon's client, python with the official one, else the
    /// function's own `bootstrap`.
    package init(_ definition: FunctionDefinition, python: String = "python3") {
        let runtimeName = definition.runtime.value
        let runtime: Runtime =
            if runtimeName.hasPrefix("nodejs") {
                .node
            } else if runtimeName.hasPrefix("python") {
                .python(executable: python)
            } else {
                .command(executable: definition.handlerFile, arguments: [])
            }
        self.init(
            name: definition.name.value,
            runtime: runtime,
            handler: definition.handler.value,
            codeFolder: definition.codeFolder.value
        )
        self.runtimeName = runtimeName
        self.memoryMB = definition.memoryMB.value
        self.timeout = .seconds(definition.timeoutSeconds.value)
        self.variables = definition.environment.mapValues(\.value)
    }
}

extension EmulatorConfiguration {
    package init(functions definitions: [FunctionDefinition]) {
        self.init(functions: definitions.map { EmulatedFunction($0) })
    }
}
