import LmonJSON
import LmonLayer
import LmonModel
import LmonScreen

/// What a layer takes: for people and as JSON.
struct LayerReport {
    let layer: Layer
    let path: String
    let spool: LayerSpool
    let cost: InitCost

    init(_ layer: Layer, path: String, spool: LayerSpool, cost: InitCost) {
        self.layer = layer
        self.spool = spool
        self.path = path
        self.cost = cost
    }

    var lines: [String] {
        let unpacked = Format.bytes(self.layer.unpackedSize)
        let share = Double(self.layer.unpackedSize) / Double(Layer.roomInLambda) * 100
        let title =
            "\(self.path)  \(self.layer.architecture.rawValue), \(Format.bytes(self.layer.zip.count)), "
            + "unpacked \(unpacked): \(share < 1 ? "less than 1" : "\(Int(share.rounded()))") % of what Lambda takes"
        let rows = self.layer.files.map { ["  \($0.path)", Format.bytes($0.size), Format.bytes($0.packedSize)] }
        return [title] + Columns.aligned(rows, [.leading, .trailing, .trailing]) + [self.costLine]
            + self.policyLines
    }

    /// The functions' part is in what attaches the layer.
    private var policyLines: [String] {
        guard let policies = self.spool.policies else { return [] }
        return [
            "each function's role needs   \(policies.agent)", "whoever looks at it needs    \(policies.viewer)",
        ]
    }

    private var costLine: String {
        switch self.cost {
        case .skipped(let reason): return "init cost not measured: \(reason)"
        case .measured(let starts):
            let ready = Spread(starts.map(\.ready))
            let registered = Spread(starts.map(\.registered))
            let memory = Format.bytes(starts.compactMap(\.memory).max())
            return "init \(Format.spacedDuration(ready.median)) from the agent's start until it is ready, "
                + "\(Format.spacedDuration(registered.median)) of it registering (\(starts.count) starts on this machine, "
                + "\(Format.spacedDuration(ready.least)) to \(Format.spacedDuration(ready.most))); \(memory) of memory"
        }
    }

    var json: [UInt8] {
        JSONWriter.object { writer in
            writer.member("file", self.path)
            writer.member("architecture", self.layer.architecture.rawValue)
            writer.member("bytes", self.layer.zip.count)
            writer.member("unpackedBytes", self.layer.unpackedSize)
            writer.array("files") { files in
                for file in self.layer.files {
                    files.object {
                        $0.member("path", file.path)
                        $0.member("bytes", file.size)
                        $0.member("packedBytes", file.packedSize)
                    }
                }
            }
            writer.object("init") { self.write(self.cost, into: &$0) }
            if let policies = self.spool.policies {
                writer.object("policies") {
                    $0.member("agent", raw: Array(policies.agent.utf8))
                    $0.member("viewer", raw: Array(policies.viewer.utf8))
                }
            }
            writer.object("attach") { writer in
                for attachment in Attachment.allCases {
                    let text = attachment.text(
                        zip: self.path,
                        architecture: self.layer.architecture,
                        spool: self.spool
                    )
                    writer.key(any: attachment.rawValue)
                    writer.string(text)
                }
            }
        }
    }

    private func write(_ cost: InitCost, into writer: inout JSONWriter) {
        switch cost {
        case .skipped(let reason): writer.member("skipped", reason)
        case .measured(let starts):
            writer.member("starts", starts.count)
            writer.object("readyMs") { Spread(starts.map(\.ready)).write(into: &$0) }
            writer.object("registeringMs") { Spread(starts.map(\.registered)).write(into: &$0) }
            writer.member("memoryBytes", starts.compactMap(\.memory).max())
        }
    }
}

/// Of some measurements, at least one.
private struct Spread {
    let least: Double
    let median: Double
    let most: Double

    init(_ values: [Double]) {
        let sorted = values.sorted()
        self.least = sorted.first ?? .nan
        self.median = sorted.isEmpty ? .nan : sorted[sorted.count / 2]
        self.most = sorted.last ?? .nan
    }

    func write(into writer: inout JSONWriter) {
        writer.member("least", self.least)
        writer.member("median", self.median)
        writer.member("most", self.most)
    }
}
