/// Where records come from; what the argument SOURCE names.
enum Source: Hashable, Sendable {
    /// A folder or a template: lmon runs it.
    case project(path: String)
    /// The tee of a running lmon.
    case tee(HostPort)
    /// A remote spool: `s3://bucket/prefix`.
    case bucket(String)
    /// A collector: `https://host:port`.
    case collector(String)
    /// A recorded session.
    case session(path: String)
    /// NDJSON.
    case standardInput

    /// As the header and the session's name show it.
    var title: String {
        switch self {
        case .project(let path): "emulator \(path)"
        case .tee(let address): "tcp://\(address)"
        case .bucket(let text), .collector(let text): text
        case .session(let path): path.split(separator: "/").last.map(String.init) ?? path
        case .standardInput: "standard input"
        }
    }
}
