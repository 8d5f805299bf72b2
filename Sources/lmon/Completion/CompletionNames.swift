import ArgumentParser
import Foundation
import LmonStore

/// What a word may be beside a file.
enum CompletionNames {
    /// The recorded sessions, the newest twenty.
    static var sources: [String] {
        let count = SessionFolder(environment: ProcessInfo.processInfo.environment).sessions().count
        guard count > 0 else { return [] }
        return ["@last"] + (1...count).prefix(20).map { "@\($0)" }
    }

    static var events: [String] { Sample.allCases.map { "sample:\($0.rawValue)" } }

    /// zsh reads what follows a colon as a description.
    fileprivate static func forShell(_ names: [String]) -> [String] {
        guard CompletionShell.requesting == .zsh else { return names }
        return names.map { $0.replacing(":", with: "\\:") }
    }
}

extension CompletionKind {
    /// A SOURCE. Files are added by the script.
    static let source = CompletionKind.custom { _, _, _ in CompletionNames.forShell(CompletionNames.sources) }
    /// An event. Files are added by the script.
    static let event = CompletionKind.custom { _, _, _ in CompletionNames.forShell(CompletionNames.events) }
}
