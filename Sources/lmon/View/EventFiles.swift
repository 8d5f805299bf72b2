import Foundation
import LmonUI

/// Events that lie beside a function, as SAM has them: `events/*.json`.
enum EventFiles {
    /// More files, or larger ones, are no events to choose from by hand.
    private static let limit = 50
    private static let bytes = 256 << 10

    /// From the first of these folders that has any, by name.
    static func choices(in folders: [String]) -> [EventChoice] {
        for folder in folders {
            let path = "\(folder)/events"
            let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
            let choices = names.filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }.sorted().prefix(self.limit)
                .compactMap { self.choice(path, $0) }
            if !choices.isEmpty { return choices }
        }
        return []
    }

    private static func choice(_ folder: String, _ name: String) -> EventChoice? {
        let path = "\(folder)/\(name)"
        var information = stat()
        // Only plain files: reading a pipe would wait for its writer.
        guard stat(path, &information) == 0, information.st_mode & S_IFMT == S_IFREG,
            information.st_size <= Int64(self.bytes), let data = FileManager.default.contents(atPath: path)
        else { return nil }
        var text = String(decoding: data, as: UTF8.self)
        while text.last?.isNewline == true { text.removeLast() }
        return EventChoice(.file("events/\(name)"), text)
    }
}
