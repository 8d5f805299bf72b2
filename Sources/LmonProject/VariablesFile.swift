import Foundation
import LmonJSON

/// Environment variables from files beside the project. Pure: text in, values out.
package struct VariablesFile: Hashable, Sendable {
    /// For every function.
    package var all: [String: Sourced<String>] = [:]
    /// For one function, by its name; they win.
    package var byFunction: [String: [String: Sourced<String>]] = [:]

    package init() {}

    package func variables(of function: String) -> [String: Sourced<String>] {
        self.all.merging(self.byFunction[function] ?? [:]) { _, own in own }
    }

    /// `--env-vars`: `sam local`'s form, `{"Parameters": {…}, "NAME": {…}}`, or what `aws lambda
    /// get-function-configuration` prints. Numbers and booleans become text; null is no value.
    package init(json text: String, path: String) throws(ProjectError) {
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONValue(parsing: text)
        } catch {
            throw ProjectError(
                .json("\(error)"),
                path: path,
                line: TextPosition(offset: error.offset, in: text.utf8).line
            )
        }
        guard case .object(let members) = root else { throw ProjectError(.json("an object is needed"), path: path) }
        let place = SourcePlace(path: path)
        if let configured = Self.configuration(members) {
            let variables = try Self.variables(configured.variables, place)
            if let name = configured.function { self.byFunction[name] = variables } else { self.all = variables }
            return
        }
        for member in members {
            let variables = try Self.variables(member.value, place)
            if member.key == "Parameters" {
                self.all = variables
            } else {
                self.byFunction[member.key] = variables
            }
        }
    }

    private static func configuration(_ members: [JSONValue.Member]) -> (function: String?, variables: JSONValue)? {
        guard let environment = members.first(where: { $0.key == "Environment" }),
            case .object(let inside) = environment.value,
            let variables = inside.first(where: { $0.key == "Variables" })
        else { return nil }
        guard case .string(let name)? = members.first(where: { $0.key == "FunctionName" })?.value else {
            return (nil, variables.value)
        }
        return (name, variables.value)
    }

    private static func variables(
        _ value: JSONValue,
        _ place: SourcePlace
    ) throws(ProjectError) -> [String: Sourced<String>] {
        guard case .object(let members) = value else {
            let problem = "{\"FUNCTION\": {\"NAME\": \"value\"}} is needed"
            throw ProjectError(.json(problem), path: place.path)
        }
        var variables: [String: Sourced<String>] = [:]
        for member in members {
            switch member.value {
            case .string(let text): variables[member.key] = Sourced(text, place)
            case .number(let number): variables[member.key] = Sourced("\(number)", place)
            case .bool(let bool): variables[member.key] = Sourced("\(bool)", place)
            case .null: continue
            case .array, .object: throw ProjectError(.json("\(member.key) has to be text"), path: place.path)
            }
        }
        return variables
    }

    /// A `.env` file: `NAME=value` lines, `export` before it if you like, `#` comments, quotes: in double ones `\n`,
    /// `\"` and `\\` have their usual meaning; in single ones nothing has.
    package init(env text: String, path: String) throws(ProjectError) {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, whole) in lines.enumerated() {
            var line = whole.drop(while: \.isWhitespace)
            if line.isEmpty || line.hasPrefix("#") || line == "\u{FEFF}" { continue }
            if line.hasPrefix("export ") { line = line.dropFirst(7).drop(while: \.isWhitespace) }
            let name = line.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            let rest = line.dropFirst(name.count).drop(while: \.isWhitespace)
            guard !name.isEmpty, rest.first == "=" else {
                let code = ProjectError.Code.invalidValue(
                    property: "this line",
                    value: "neither",
                    allowed: "NAME=value or a # comment"
                )
                throw ProjectError(code, path: path, line: index + 1)
            }
            let value = Self.unquoted(rest.dropFirst().drop(while: \.isWhitespace))
            self.all[String(name)] = Sourced(value, SourcePlace(path: path, line: index + 1))
        }
    }

    private static func unquoted(_ text: Substring) -> String {
        if text.first == "'", let end = text.dropFirst().firstIndex(of: "'") {
            return String(text[text.index(after: text.startIndex)..<end])
        }
        guard text.first == "\"" else {
            let end = text.range(of: " #").map(\.lowerBound) ?? text.endIndex
            return String(text[..<end].reversed().drop(while: \.isWhitespace).reversed())
        }
        var value = ""
        var isEscaped = false
        for character in text.dropFirst() {
            if isEscaped {
                value.append(character == "n" ? "\n" : character == "t" ? "\t" : character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                break
            } else {
                value.append(character)
            }
        }
        return value
    }
}
