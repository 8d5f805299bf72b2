import LambdaLifecycle
import LambdaWire
import LmonHTTP
import LmonJSON
import LmonSupervisor

extension Emulator {
    /// The whole state, for `GET /lmon/state`.
    func stateJSON() -> [UInt8] {
        JSONWriter.object { writer in
            writer.array("functions") { functions in
                for name in self.functions.keys.sorted() {
                    guard let slot = self.functions[name] else { continue }
                    functions.object { self.write(slot, to: &$0) }
                }
            }
            writer.member("waitingInvokers", self.invokers.count)
        }
    }

    private func write(_ slot: FunctionSlot, to writer: inout JSONWriter) {
        writer.member("name", slot.function.name)
        writer.member("handler", slot.function.handler)
        writer.member("codeFolder", slot.function.codeFolder)
        writer.member("queued", slot.pool.queued)
        writer.array("environments") { environments in
            for number in slot.environments.keys.sorted() {
                guard let environment = slot.environments[number] else { continue }
                environments.object { Self.write(environment, to: &$0) }
            }
        }
    }

    private static func write(_ environment: ExecutionEnvironment, to writer: inout JSONWriter) {
        let summary = environment.machine.summary
        writer.member("environment", environment.name)
        writer.member("state", summary.state)
        writer.member("runtimeState", summary.runtimeState.rawValue)
        writer.member("requestId", summary.requestID)
        if let since = summary.since {
            writer.key("since")
            writer.string(utf8: since.iso8601)
        }
        writer.member("generation", summary.generation)
        writer.member("process", environment.process?.identifier.map { Int($0.rawValue) })
        writer.member("runtimeApi", environment.server.map { "127.0.0.1:\($0.port)" })
        writer.member("openPolls", environment.polls.count)
        writer.member("maxMemoryUsedMB", summary.maxMemoryUsedMB)
        let members = environment.machine.extensions.members
        guard !members.isEmpty else { return }
        writer.array("extensions") { writer in
            for member in members {
                writer.object {
                    $0.member("name", member.name)
                    $0.member("isExternal", member.isExternal)
                    $0.member("state", member.state.rawValue)
                    $0.array("events") { for event in member.events.sorted() { $0.string(event.rawValue) } }
                    $0.member("errorType", member.errorType)
                    $0.member(
                        "process",
                        environment.extensions.processes[member.name]?.identifier.map { Int($0.rawValue) }
                    )
                }
            }
        }
    }
}
