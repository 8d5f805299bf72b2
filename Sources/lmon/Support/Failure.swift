import Foundation
import LmonScreen

/// Why a command ends without having done its work: one line, then detail, and the exit status.
struct Failure: Error {
    let status: Int32
    let message: String
    let detail: [String]

    init(status: Int32, _ message: String, detail: [String] = []) {
        self.status = status
        self.message = message
        self.detail = detail
    }

    /// The command line asks for what cannot be: status 2.
    static func usage(_ message: String, detail: [String] = []) -> Failure {
        Failure(status: 2, message, detail: detail)
    }

    /// The run failed: status 1.
    static func run(_ message: String, detail: [String] = []) -> Failure {
        Failure(status: 1, message, detail: detail)
    }

    static let timedOut: Int32 = 3

    /// Writes it to standard error and returns the status.
    func report() -> Int32 {
        Note.write("lmon: \(self.message)")
        for line in self.detail { Note.write(line) }
        return self.status
    }
}

/// Ends with a status and without a word: what there was to say has been said, or a signal said it.
struct Silent: Error {
    let status: Int32
}

/// Lines for people on standard error; data goes to standard output.
enum Note {
    static func write(_ line: String) {
        // Names of files and messages of functions may hold anything.
        let text = line.split(separator: "\n", omittingEmptySubsequences: false).map { Text.sanitised(String($0)) }
        FileHandle.standardError.write(Data((text.joined(separator: "\n") + "\n").utf8))
    }
}
