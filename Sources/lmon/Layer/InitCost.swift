import Foundation
import LmonArchive
import LmonHTTP
import LmonLayer
import LmonSupervisor

/// What the agent adds to a cold start, as far as this machine can tell.
enum InitCost: Sendable {
    case measured([Start])
    case skipped(String)

    /// One start of the extension, in ms.
    struct Start: Sendable {
        /// From starting its script until it asked for the first event.
        let ready: Double
        /// Of it, since it asked to be registered.
        let registered: Double
        /// In bytes; the most that it held until then.
        let memory: Int?
    }

    private static let starts = 9

    /// Lays the layer out in a folder and starts it as Lambda does, some times, against a stand-in.
    static func measured(of layer: Layer) async -> InitCost {
        guard layer.architecture == Architecture.current else {
            return .skipped("an agent for \(layer.architecture.rawValue) does not run on this machine")
        }
        do {
            let folder = try LayerFolder(layer)
            let supervisor = try Supervisor.start()
            defer { supervisor.stop() }
            let loop = Loop()
            let measured = await Self.measured(folder, supervisor, loop)
            await loop.shutdown()
            return measured
        } catch {
            return .skipped("\(error)")
        }
    }

    private static func measured(_ folder: LayerFolder, _ supervisor: Supervisor, _ loop: Loop) async -> InitCost {
        var starts: [Start] = []
        // One more: the first reads the file from the disk.
        for _ in 0...Self.starts {
            do {
                starts.append(try await AgentStart.run(folder.starter, supervisor, loop))
            } catch {
                return .skipped("\(error)")
            }
        }
        return .measured(Array(starts.dropFirst()))
    }
}

/// A layer as Lambda has it at `/opt`, in a folder that goes away again.
final class LayerFolder: Sendable {
    let path: String

    var starter: String { "\(self.path)/\(Layer.starter)" }

    init(_ layer: Layer) throws {
        self.path =
            FileManager.default.temporaryDirectory.appendingPathComponent("lmon-layer-\(UUID().uuidString)").path
        for file in layer.contents {
            let url = URL(fileURLWithPath: "\(self.path)/\(file.name)")
            let folder = url.deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(file.bytes).write(to: url)
            let mode: Int16 = file.isExecutable ? 0o755 : 0o644
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: url.path)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: self.path) }
}
