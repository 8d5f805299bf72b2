import LambdaWire
import LmonInterceptors
import LmonSupervisor

extension Emulator {
    /// The runtime's process: a program, where it starts, and the variables that Lambda would give it.
    func launch(
        _ function: EmulatedFunction,
        _ environment: ExecutionEnvironment,
        runtimeAPI: String
    ) -> ProcessRequest {
        var executable: String
        var arguments: [String]
        let files = self.place(of: environment, function).files
        switch function.runtime {
        case .node:
            executable = self.configuration.node
            arguments = self.configuration.nodeArguments + ["\(files)/\(InterceptorFiles.runtimeClient)"]
        case .python(let python):
            executable = python
            arguments = ["\(files)/\(InterceptorFiles.pythonRuntimeClient)"]
        case .command(let program, let programArguments):
            executable = program
            arguments = programArguments
        }
        let variables = self.variables(function, environment, runtimeAPI)
        // In the sandbox the same name may be another program's.
        if self.isSandboxed(function), let path = SandboxPlaces.find(executable, path: variables["PATH"] ?? "") {
            executable = path
        }
        // Lambda's own runtimes start the wrapper with what it is to start; others are not wrapped.
        if let wrapper = variables["AWS_LAMBDA_EXEC_WRAPPER"], !wrapper.isEmpty, function.runtime.isManaged {
            (executable, arguments) = (wrapper, [executable] + arguments)
        }
        let request = ProcessRequest(
            executable: executable,
            arguments: arguments,
            environment: variables,
            workingDirectory: function.codeFolder,
            limits: ResourceLimits(openFiles: 1024)
        )
        return self.sandboxed(request, function, environment)
    }

    /// An external extension's process: it sees what the runtime sees, but for what is the runtime's own.
    func launch(
        _ program: ExternalExtension,
        _ function: EmulatedFunction,
        _ environment: ExecutionEnvironment,
        runtimeAPI: String
    ) -> ProcessRequest {
        var variables = self.configuration.inherited
        if variables["PATH"] == nil { variables["PATH"] = "/usr/local/bin:/usr/bin:/bin" }
        variables["TMPDIR"] = self.isSandboxed(function) ? "/tmp" : "\(environment.folder)/tmp"
        variables.merge(RuntimeVariables.preset) { $1 }
        variables.merge(environment.variables.defaults) { $1 }
        variables.merge(function.variables.filter { RuntimeVariables.isConfigurable($0.key) }) { $1 }
        // Extensions that know emulators listen on all addresses then; where `sandbox` is one, they need not know.
        if environment.address == nil { variables["AWS_SAM_LOCAL"] = "true" }
        variables.merge(environment.variables.extensions) { $1 }
        variables.merge(environment.variables.own[program.name] ?? [:]) { $1 }
        variables.merge(self.lambdaVariables(function, environment, runtimeAPI).reserved) { $1 }
        let request = ProcessRequest(
            executable: self.isSandboxed(function) ? "/opt/extensions/\(program.name)" : program.executable,
            environment: variables.filter { RuntimeVariables.isSeenByExtensions($0.key) },
            workingDirectory: function.codeFolder,
            limits: ResourceLimits(openFiles: 1024)
        )
        return self.sandboxed(request, function, environment)
    }

    private func lambdaVariables(
        _ function: EmulatedFunction,
        _ environment: ExecutionEnvironment,
        _ runtimeAPI: String
    ) -> RuntimeVariables {
        RuntimeVariables(
            functionName: function.name,
            handler: function.handler,
            memoryMB: function.memoryMB,
            region: self.configuration.region,
            runtime: function.runtimeName,
            logStream: environment.logStream,
            runtimeAPI: runtimeAPI,
            taskRoot: function.codeFolder
        )
    }

    /// Later ones win: what is inherited, what Lambda presets, the function's own, the monitor's, what Lambda reserves.
    private func variables(
        _ function: EmulatedFunction,
        _ environment: ExecutionEnvironment,
        _ runtimeAPI: String
    ) -> [String: String] {
        let lambda = self.lambdaVariables(function, environment, runtimeAPI)
        var variables = self.configuration.inherited
        if variables["PATH"] == nil { variables["PATH"] = "/usr/local/bin:/usr/bin:/bin" }
        variables["AWS_EC2_METADATA_DISABLED"] = "true"
        variables["TMPDIR"] = self.isSandboxed(function) ? "/tmp" : "\(environment.folder)/tmp"
        variables.merge(RuntimeVariables.preset) { $1 }
        variables.merge(environment.variables.defaults) { $1 }
        variables.merge(function.variables.filter { RuntimeVariables.isConfigurable($0.key) }) { $1 }
        for (name, value) in environment.variables.runtime {
            let own = variables[name].flatMap { $0.isEmpty ? nil : $0 }
            variables[name] =
                switch (name, own) {
                case ("NODE_OPTIONS", let own?): "\(own) \(value)"
                case ("PYTHONPATH", let own?): "\(value):\(own)"
                default: value
                }
        }
        variables.merge(lambda.reserved) { $1 }
        if function.runtime.isManaged {
            variables["_LAMBDA_TELEMETRY_LOG_FD"] = String(RuntimeOutput.telemetryDescriptor)
        }
        return variables
    }
}
