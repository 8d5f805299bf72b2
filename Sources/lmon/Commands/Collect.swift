#if Remote
import ArgumentParser
import Foundation
import LmonCollector
import LmonHTTP
import LmonJSON
import LmonScreen
import LmonStore
import LmonTLS

struct Collect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take records from agents, keep them, and hand them to viewers.",
        discussion: """
            Agents send to it with LMON_SPOOL=http://HOST:PORT; lmon tui, tail, stats and export read \
            http://HOST:PORT. Runs until ^C; then viewers are told and batches finished.

            Beyond loopback it needs tokens and TLS:
              export LMON_AGENT_TOKENS=$(openssl rand -hex 16) LMON_VIEWER_TOKENS=$(openssl rand -hex 16)
              lmon collect --host 0.0.0.0 --tls-certificate cert.pem --tls-key key.pem

            Also there: /healthz, /metrics (Prometheus), /v1/functions, and the records for other programs:
              curl -N -H "Authorization: Bearer $TOKEN" 'https://HOST:4245/v1/records?follow=true&filter=function%3Dorders'
            """
    )

    @OptionGroup var options: CollectorOptions

    @Flag(name: .long, help: "One line of JSON when it is ready.")
    var json = false

    func run() async throws {
        let variables = ProcessInfo.processInfo.environment
        let tokens = try self.options.tokens(variables)
        let security = try self.options.security()
        let warnings = try self.options.warnings(tokens: tokens, security: security)
        let interruption = Interruption(hangsUp: { Self.reload(security) })
        let store = try self.options.openStore(variables)
        for warning in warnings { Note.write("lmon: \(warning)") }
        let loop = Loop()
        let collector = try self.collector(tokens, security, store, on: loop)
        self.announce(collector.port, store.path, isSecure: security != nil)
        let signal = await interruption.wait()
        await collector.stop()
        await loop.shutdown()
        // Being ended is how this command ends.
        if signal != 2, signal != 15 { throw Silent(status: 128 + signal) }
    }

    private func collector(
        _ tokens: CollectorTokens?,
        _ security: TLSServer?,
        _ store: CollectorStore,
        on loop: Loop
    ) throws -> Collector {
        var configuration = CollectorConfiguration()
        configuration.host = self.options.host
        configuration.port = self.options.port
        configuration.tokens = tokens
        configuration.security = security
        configuration.retention = Retention(age: self.options.keep.milliseconds, bytes: self.options.keepSize.bytes)
        do {
            return try Collector(configuration, store: store, on: loop)
        } catch {
            store.close()
            throw Failure.run("\(error)")
        }
    }

    /// New certificates are for connections from now on; if they are of no use, the old ones stay.
    private static func reload(_ security: TLSServer?) {
        guard let security else { return Note.write("lmon: SIGHUP: there is no certificate to be read again") }
        do {
            try security.reload()
            Note.write("lmon: SIGHUP: the certificate was read again")
        } catch {
            Note.write("lmon: SIGHUP: \(error); the certificate of before stays")
        }
    }

    private func announce(_ port: Int, _ path: String, isSecure: Bool) {
        let url = "\(isSecure ? "https" : "http")://\(HostPort(host: self.options.host, port: port))"
        if self.json {
            StandardOutput.writeJSON(
                JSONWriter.object {
                    $0.member("ready", true)
                    $0.member("url", url)
                    $0.member("store", path)
                }
            )
        } else {
            StandardOutput.writeLine(Text.sanitised("collecting on \(url) into \(path); ^C ends it"))
        }
        StandardOutput.flush()
    }
}
#endif
