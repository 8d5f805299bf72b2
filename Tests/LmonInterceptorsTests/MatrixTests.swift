import Foundation
import LmonInterceptors
import LmonTestSupport
import Testing

/// Client libraries × cases, each cell without and with the interceptor; and the interceptor beside other tools that
/// patch what it patches. Libraries that are not installed are left out, and said so.
@Suite(.exclusive, .serialized) struct MatrixTests {
    @Test(arguments: Node.all)
    func everyClientDoesInEveryCaseWhatItDoesWithout(node: Node) async throws {
        try await Self.run("matrix.cjs", with: node)
    }

    @Test(arguments: Node.all)
    func toolsThatPatchTheSameWorkBesideInEitherOrder(node: Node) async throws {
        try await Self.run("beside.cjs", with: node)
    }

    private static func run(_ fixture: String, with node: Node) async throws {
        let files = try InstalledFiles()
        let (output, status) = try await node.run(fixture, [node.path, files.path(InterceptorFiles.preload)])
        let lines = output.split(separator: "\n")
        for line in lines where line.hasPrefix("skipped: ") { print(line) }
        #expect(lines.filter { !$0.hasPrefix("skipped: ") } == [])
        #expect(status == 0)
    }
}
