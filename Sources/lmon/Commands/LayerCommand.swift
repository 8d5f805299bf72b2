import ArgumentParser
import Foundation
import LmonArchive
import LmonLayer
import LmonScreen

extension Architecture: ExpressibleByArgument {}
extension Attachment: ExpressibleByArgument {}

struct LayerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "layer",
        abstract: "Build the Lambda layer that brings lmon to deployed functions.",
        discussion: """
            The zip holds the agent (an extension), the interceptors for Node and Python, and a wrapper that loads them; \
            it is the same to the byte as long as they are. How to attach it goes to standard output, what the layer \
            takes to standard error.

            Examples:
              lmon layer                                    lmon-layer.zip, and a SAM template that uses it
              lmon layer --format cdk > lmon-aspect.ts      an Aspect for every function of a CDK app
              lmon layer --spool s3://bucket/prefix         the same, with records to a bucket; says what a viewer needs
              lmon layer --arch arm64 --agent lmon-agent-arm64

            The agent is the lmon-agent beside lmon, if it is a static release build: \
            swift build -c release --product lmon-agent makes one.
            """
    )

    @Option(name: .shortAndLong, help: ArgumentHelp("Where to write it.", valueName: "file"))
    var output = "lmon-layer.zip"

    @Option(name: .long, help: ArgumentHelp("For functions on x86_64 or arm64; this machine's.", valueName: "arch"))
    var arch: Architecture?

    @Option(
        name: .long,
        help: ArgumentHelp("An lmon-agent of that architecture, instead of the one beside lmon.", valueName: "file"),
        completion: .file()
    )
    var agent: String?

    @Option(name: .long, help: ArgumentHelp("How to attach it: sam or cdk.", valueName: "format"))
    var format = Attachment.sam

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where the agents are to send records: s3://bucket/prefix, with the rights that it takes, or a collector.",
            valueName: "url"
        )
    )
    var spool: String?

    @Flag(name: .long, help: "One JSON object: sizes, init cost and how to attach it.")
    var json = false

    func run() async throws {
        let layer: Layer
        let spool: LayerSpool
        do {
            spool = try self.spool.map { try LayerSpool($0) } ?? .log
            layer = try Layer(try AgentSearch(architecture: self.arch, named: self.agent).agent())
        } catch let flaw as AgentFlaw {
            throw Failure.usage(flaw.description)
        } catch let error as LayerSpool.Malformed {
            throw Failure.usage("--spool \(error)")
        }
        try self.write(layer.zip)
        let report = LayerReport(layer, path: self.output, spool: spool, cost: await InitCost.measured(of: layer))
        guard !self.json else {
            StandardOutput.writeJSON(report.json)
            return
        }
        for line in report.lines { Note.write(line) }
        let text = self.format.text(zip: self.output, architecture: layer.architecture, spool: spool)
        StandardOutput.write(text.utf8)
    }

    /// Whole or not at all.
    private func write(_ zip: [UInt8]) throws {
        do {
            try Data(zip).write(to: URL(fileURLWithPath: self.output), options: .atomic)
        } catch {
            let reason = (error as? CocoaError)?.underlying ?? error.localizedDescription
            throw Failure.usage("\(self.output): cannot be written (\(reason)); name another file with --output")
        }
    }
}

extension CocoaError {
    /// What the system says, where it was asked.
    fileprivate var underlying: String? {
        guard let error = self.userInfo[NSUnderlyingErrorKey] as? POSIXError else { return nil }
        return String(cString: strerror(error.code.rawValue))
    }
}
