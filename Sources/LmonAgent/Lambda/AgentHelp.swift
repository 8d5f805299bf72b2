/// What `lmon-agent --help` prints.
package enum AgentHelp {
    package static var text: String {
        let width = AgentVariable.all.map(\.name.count).max() ?? 0
        let lines = AgentVariable.all.map { variable in
            let name = variable.name + String(repeating: " ", count: width - variable.name.count)
            return """
                  \(name)  \(variable.help)
                  \(String(repeating: " ", count: width))  \(variable.form); default \(variable.standard); such as \(variable.example)
                """
        }
        return """
            lmon-agent is the part of lmon that runs beside a Lambda function, as an extension: it gathers what the function
            does and sends it on, and never holds or fails it. Lambda starts it; `lmon layer` packs it.

            It is set by environment variables of the function:

            \(lines.joined(separator: "\n"))
            """
    }
}
