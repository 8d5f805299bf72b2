import Foundation
import LmonAgent
import LmonHTTP
import LmonStore

extension TeeOptions {
    /// Opens the tee, on the next free port if the default one is taken; nil if none is wanted.
    func listen(_ core: MonitorCore) async throws -> Tee? {
        guard !self.noTee else { return nil }
        if let tee { return try await Tee.listen(host: tee.host, port: tee.port, core: core) }
        var port = HostPort.tee.port
        while true {
            do {
                return try await Tee.listen(host: HostPort.tee.host, port: port, core: core)
            } catch let error as NetworkError where error.code == .addressInUse && port < HostPort.tee.port + 100 {
                port += 1
            }
        }
    }
}

extension RecordOptions {
    /// Where the records are to be sent to besides; nil: nowhere.
    func spoolTarget() throws -> SpoolTarget? {
        try self.spool.map { try SpoolTarget($0, environment: ProcessInfo.processInfo.environment) }
    }

    /// The session file of this run; nil if none is wanted, or if it cannot be made, which is said but is no reason to
    /// stop.
    func create(source: String, name: String, notices: inout [String]) -> SessionStore? {
        guard !self.noRecord else { return nil }
        let folder = SessionFolder(environment: ProcessInfo.processInfo.environment)
        let now = SystemClock.now()
        folder.clean(now: now)
        do {
            return try folder.create(source: source, name: name, startedAt: now)
        } catch {
            notices.append("this run is not recorded: \(error)")
            return nil
        }
    }
}
