import LmonJSON
import Testing

/// The view on records that came on standard input, so that nothing but lmon runs.
struct RecordedSight {
    let workspace: Workspace
    private let input: String

    init(body: String = "grüezi") throws {
        let workspace = try Workspace()
        var lines = SessionLines()
        for number in 1...3 {
            let call = SessionLines.Call(
                url: "https://api.test/日本/\(number)",
                responseBody: SessionLines.text(number == 1 ? body : "grüezi")
            )
            lines.invocation("r\(number)", [call])
        }
        self.input = try workspace.write(lines.input, to: "records.ndjson")
        self.workspace = workspace
    }

    func start(variables: [String: String] = [:], shell: TerminalProgram.Shell = .replaced) throws -> TerminalProgram {
        try TerminalProgram(["tui", "-"], in: self.workspace, variables: variables, input: self.input, shell: shell)
    }

    /// Once all of it is there.
    func open(
        variables: [String: String] = [:],
        shell: TerminalProgram.Shell = .replaced
    )
        async throws -> TerminalProgram
    {
        let view = try self.start(variables: variables, shell: shell)
        // Only what changed is painted; the last row is new in any case.
        #expect(await view.shows(":00.013"), "\(view.text)")
        return view
    }
}
