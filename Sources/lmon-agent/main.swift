import CRescue
import LambdaWire
import LmonAgent
import LmonRecord

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

let startedAt = SystemClock.now()
let variables = ProcessVariables.all
let arguments = CommandLine.arguments.dropFirst()

if arguments.contains("--help") || arguments.contains("-h") {
    print(AgentHelp.text)
    exit(0)
}
if arguments.contains("--version") {
    print("lmon-agent \(LambdaAgent.version)")
    exit(0)
}
if let argument = arguments.first {
    AgentLog(.error).say(
        .error,
        "\(argument): Lambda starts it without arguments; lmon-agent --help says what it is set by"
    )
    exit(2)
}
let configuration = AgentConfiguration(variables)
guard let runtimeAPI = configuration.runtimeAPI else {
    AgentLog(.error).say(
        .error,
        "AWS_LAMBDA_RUNTIME_API is not set: this is an extension that Lambda starts; lmon layer packs it, --help explains"
    )
    exit(2)
}
// A reader that went away is told by `write`, not by a signal.
signal(SIGPIPE, SIG_IGN)

if let reason = variables["LMON_BARE"] {
    lmon_rescue_clean()
    let lost = variables["LMON_BARE_LOST"] ?? "0"
    AgentLog(.error).say(
        .error,
        "stopped by \(reason); the function goes on unmonitored, records lost: \(lost) and all that follow"
    )
    var loop = BareLoop(runtimeAPI, name: configuration.name, identifier: variables["LMON_BARE_ID"] ?? "")
    loop.run()
    exit(0)
}
lmon_rescue_arm(CommandLine.arguments.first ?? "lmon-agent", 5)
let agent = LambdaAgent(configuration, runtimeAPI: runtimeAPI, startedAt: startedAt) { exit($0) }
agent.start()
while true { pause() }
