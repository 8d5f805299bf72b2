#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A fault of the agent's own, on demand, in debug builds: `LMON_FAULT=trap|abort|segv|stall:STATE[:N]` strikes when that
/// state is entered for the Nth time. For tests that a fault costs no invocation.
struct Fault {
    #if DEBUG
    private var kind = ""
    private var state = ""
    private var left = 0

    static func fromVariables() -> Fault {
        var fault = Fault()
        guard let parts = getenv("LMON_FAULT").map({ String(cString: $0).split(separator: ":").map(String.init) }),
            parts.count >= 2
        else { return fault }
        fault.kind = parts[0]
        fault.state = parts[1]
        fault.left = parts.count > 2 ? Int(parts[2]) ?? 1 : 1
        return fault
    }

    mutating func strike(_ state: String) {
        guard state == self.state else { return }
        self.left -= 1
        guard self.left == 0 else { return }
        switch self.kind {
        case "trap": fatalError("a fault that was asked for")
        case "abort": abort()
        case "segv": kill(getpid(), SIGSEGV)
        case "stall": while true { usleep(10_000) }
        default: break
        }
    }
    #else
    static func fromVariables() -> Fault { Fault() }

    func strike(_ state: String) {}
    #endif
}
