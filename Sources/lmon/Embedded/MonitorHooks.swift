import LmonAgent
import LmonEmulator
import LmonHTTP

/// Gives each environment a port of the monitor core, and its Node and Python processes the interceptor.
final class MonitorHooks: EnvironmentHooks {
    private let core: MonitorCore
    private let variables: InterceptorVariables

    init(core: MonitorCore, _ variables: InterceptorVariables) {
        self.core = core
        self.variables = variables
    }

    func opened(environment: String, function: String, at place: EnvironmentPlace) throws -> EnvironmentVariables {
        var address: String?
        // Beside extensions lmon steps aside: one of them may be such a monitor itself.
        if let own = place.address, !place.hasExtensions {
            _ = try self.core.openIngest(environment: environment, function: function, host: own, port: 4243)
        } else {
            address = "127.0.0.1:\(try self.core.openIngest(environment: environment, function: function))"
        }
        var runtime = self.variables.runtime(reportingAt: address, folder: place.files)
        // The emulator tells of events and results itself.
        runtime["LMON_PAYLOADS"] = "off"
        return EnvironmentVariables(runtime: runtime, defaults: InterceptorVariables.defaults)
    }

    func quiesce(environment: String, then: @escaping @Sendable () -> Void) {
        self.core.quiesce(environment: environment, then: then)
    }

    func closed(environment: String) {
        self.core.closeIngest(environment: environment)
    }
}
