import LambdaWire
import LmonSupervisor

extension Emulator {
    /// The runtime's process: a program, where it starts, and the variables that Lambda would give it.
    func launch(
        _ function: EmulatedFunction,
        _ environment: ExecutionEnvironment,
        runtimeAPI: String
    ) -> ProcessRequest {
        let executable: String
        let arguments: [String]
        switch function.runtime {
        case .node:
            executable = self.configuration.node
            arguments = self.configuration.nodeArguments + [self.runtimeClient]
        case .python(let python):
            executable = python
            arguments = ["-m", "awslambdaric", function.handler]
        case .command(let program, let programArguments):
            executable = program
            arguments = programArguments
        }
        return ProcessRequest(
            executable: executable,
            arguments: arguments,
            environment: self.variables(function, environment, runtimeAPI),
            workingDirectory: function.codeFolder,
            limits: ResourceLimits(openFiles: 1024)
        )
    }

    /// Later ones win: what is inherited, what Lambda presets, the function's own, the monitor's, what Lambda reserves.
    private func variables(
        _ function: EmulatedFunction,
        _ environment: ExecutionEnvironment,
        _ runtimeAPI: String
    ) -> [String: String] {
        let lambda = RuntimeVariables(
            functionName: function.name,
            handler: function.handler,
            memoryMB: function.memoryMB,
            region: self.configuration.region,
            runtime: function.runtimeName,
            logStream: environment.logStream,
            runtimeAPI: runtimeAPI,
            taskRoot: function.codeFolder
        )
        var variables = self.configuration.inherited
        if variables["PATH"] == nil { variables["PATH"] = "/usr/local/bin:/usr/bin:/bin" }
        variables["AWS_EC2_METADATA_DISABLED"] = "true"
        variables["TMPDIR"] = "\(environment.folder)/tmp"
        variables.merge(RuntimeVariables.preset) { $1 }
        variables.merge(function.variables.filter { RuntimeVariables.isConfigurable($0.key) }) { $1 }
        for (name, value) in environment.variables {
            guard name == "NODE_OPTIONS", let own = variables[name], !own.isEmpty else {
                variables[name] = value
                continue
            }
            variables[name] = "\(own) \(value)"
        }
        variables.merge(lambda.reserved) { $1 }
        if case .node = function.runtime {
            variables["_LAMBDA_TELEMETRY_LOG_FD"] = String(RuntimeOutput.telemetryDescriptor)
        }
        return variables
    }
}
