import LmonInterceptors
import LmonTestSupport
import Testing

/// Real Python processes, each run with and without the interceptor; one after the other, since they time things out.
/// Packages that are not installed are left out, and said so.
@Suite(.exclusive, .serialized) struct PythonTests {
    @Test(arguments: Python.all)
    func everyClientDoesInEveryCaseWhatItDoesWithout(python: Python) async throws {
        try await Self.run("matrix.py", with: python)
    }

    /// AWS is moto's server, where `LMON_MOTO` names a Python that has it.
    @Test(arguments: Python.all)
    func programsRunAsWithoutTheInterceptorAndTheirCallsAreTold(python: Python) async throws {
        try await Self.run("run.py", with: python)
    }

    /// OpenTelemetry and X-Ray; on one version, since to load them takes its time.
    @Test(arguments: Python.all.suffix(1))
    func toolsThatPatchTheSameWorkBesideInEitherOrder(python: Python) async throws {
        try await Self.run("run.py", ["--beside"], with: python)
    }

    @Test(arguments: Python.all)
    func interceptorHarmsNothingHoweverItIsLoadedAndWhoeverListens(python: Python) async throws {
        let files = try InstalledPython()
        try await Self.expect("alone.py", [files.path, files.wrapper], with: python)
    }

    @Test(arguments: Python.all)
    func runtimeClientBehavesAsLambdas(python: Python) async throws {
        try await Self.run("runtime_cases.py", try await Self.official(python), with: python)
    }

    @Test(arguments: Python.all)
    func callsCarryTheInvocationThatStartedThem(python: Python) async throws {
        try await Self.run("together.py", try await Self.official(python), with: python)
    }

    @Test(arguments: Python.all)
    func vectorsOfRedactionAndOfAWSHold(python: Python) async throws {
        try await Self.run("vectors.py", with: python)
    }

    @Test(arguments: Python.all)
    func noPartOfASecretLeavesTheProcess(python: Python) async throws {
        try await Self.run("planted.py", with: python)
    }

    @Test(arguments: Python.all)
    func everyLevelTellsOfEachOutcomeWhatItSays(python: Python) async throws {
        try await Self.run("levels.py", with: python)
    }

    @Test(arguments: Python.all)
    func whatAnotherThreadSendsMeanwhileLeavesToo(python: Python) async throws {
        try await Self.run("held.py", with: python)
    }

    /// Lambda's own runtime client, where it is installed.
    private static func official(_ python: Python) async throws -> [String] {
        if try await python.has("awslambdaric") { return ["awslambdaric"] }
        print("skipped: awslambdaric is not installed for \(python.path)")
        return []
    }

    private static func run(_ fixture: String, _ more: [String] = [], with python: Python) async throws {
        let files = try InstalledPython()
        try await Self.expect(fixture, [files.path] + more, with: python)
    }

    private static func expect(_ fixture: String, _ arguments: [String], with python: Python) async throws {
        let (output, status) = try await python.run(fixture, arguments)
        let lines = output.split(separator: "\n")
        for line in lines where line.hasPrefix("skipped: ") { print(line) }
        #expect(lines.filter { !$0.hasPrefix("skipped: ") } == [])
        #expect(status == 0)
    }
}
