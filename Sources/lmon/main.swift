import Foundation
import LmonSupervisor

// The supervisor is this program started again; it must be nothing else.
if CommandLine.arguments.dropFirst().first == "__supervise" { SupervisorMain.run() }

// A reader that went away is told by `write`, not by a signal.
signal(SIGPIPE, SIG_IGN)
await Lmon.run()
