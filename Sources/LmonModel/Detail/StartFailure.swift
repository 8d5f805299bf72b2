import LmonJSON

/// Why an execution environment did not start, from what the runtime logged of it.
package struct StartFailure: Hashable, Sendable, CustomStringConvertible {
    /// `index.mjs:14`, in the function's own code; nil if the log names no such place.
    package let place: String?
    /// One line.
    package let message: String

    package var description: String { self.place.map { "\($0) \(self.message)" } ?? self.message }
}

extension Invocation {
    /// Nil unless this is an initialisation that failed.
    package var startFailure: StartFailure? {
        guard self.id.isInitialization, self.initialization?.status?.isFailure == true || self.state.isFailed else {
            return nil
        }
        let line = self.logs.last { ($0.level ?? .info) >= .error }
        // Lambda's own text form: a title, a tab, and the error as JSON.
        let object = line?.json ?? line.map { String($0.text.drop { $0 != "{" }) }
        let error = object.flatMap { try? JSONValue(parsing: $0) }
        let text = error?["errorMessage"]?.string ?? line?.text ?? self.initialization?.errorType ?? self.errorType
        let status = self.initialization?.status?.description
        return StartFailure(
            place: error.flatMap(Self.place),
            message: text?.split(whereSeparator: \.isNewline).first.map(String.init) ?? status ?? "init failed"
        )
    }

    private static func place(_ error: JSONValue) -> String? {
        let stack = error["stack"] ?? error["stackTrace"] ?? error["trace"]
        guard case .array(let lines)? = stack else { return nil }
        return lines.lazy.compactMap { $0.string.flatMap(self.place(inFrame:)) }.first
    }

    /// `    at load (/var/task/index.mjs:14:3)`, `file:///var/task/index.mjs:14` → `index.mjs:14`; nil for Node's frames
    /// and those of lmon's runtime.
    private static func place(inFrame line: String) -> String? {
        let isOwn = ["runtime.cjs:", "interceptor.cjs:", "/node_modules/"].contains { line.contains($0) }
        guard !isOwn else { return nil }
        var frame = line[...]
        if let open = frame.lastIndex(of: "("), frame.last == ")" {
            frame = frame[frame.index(after: open)...].dropLast()
        } else if let last = frame.split(separator: " ").last {
            frame = last
        }
        if frame.hasPrefix("file://") { frame = frame.dropFirst(7) }
        let parts = frame.split(separator: ":")
        guard frame.hasPrefix("/"), parts.count >= 2, let number = Int(parts[1]),
            let name = parts[0].split(separator: "/").last
        else { return nil }
        return "\(name):\(number)"
    }
}
