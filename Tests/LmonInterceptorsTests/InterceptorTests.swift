import Foundation
import LmonInterceptors
import LmonTestSupport
import Testing

/// Real Node processes, each run with and without the interceptor; one after the other, since they time things out.
@Suite(.exclusive, .serialized) struct InterceptorTests {
    @Test(arguments: Node.all)
    func programsRunAsWithoutTheInterceptorAndTheirCallsAreTold(node: Node) async throws {
        let files = try InstalledFiles()
        let (output, status) = try await node.run("run.cjs", [node.path, files.path(InterceptorFiles.preload)])
        #expect(output == "")
        #expect(status == 0)
    }

    @Test(arguments: Node.all)
    func interceptorHarmsNothingWhenNobodyListensOrItIsOff(node: Node) async throws {
        let files = try InstalledFiles()
        let (output, status) = try await node.run("alone.cjs", [node.path, files.path(InterceptorFiles.preload)])
        #expect(output == "")
        #expect(status == 0)
    }

    @Test(arguments: Node.all)
    func runtimeClientBehavesAsLambdas(node: Node) async throws {
        let files = try InstalledFiles()
        let (output, status) = try await node.run(
            "invoke.cjs",
            [node.path, files.path(InterceptorFiles.runtimeClient)]
        )
        #expect(output == "")
        #expect(status == 0)
    }

    @Test(arguments: Node.all)
    func handlersRunAsBeforeUnderLambdasOwnRuntimeClient(node: Node) async throws {
        let files = try InstalledFiles()
        let (output, status) = try await node.run("official.cjs", [node.path, files.path(InterceptorFiles.preload)])
        #expect(output == "")
        #expect(status == 0)
    }

    @Test(arguments: Node.all)
    func callsCarryTheInvocationThatStartedThem(node: Node) async throws {
        let files = try InstalledFiles()
        let preload = files.path(InterceptorFiles.preload)
        let lambdas = Node.fixtures.appending(path: "aws-lambda-ric/index.mjs").path
        for client in [files.path(InterceptorFiles.runtimeClient), lambdas] {
            let (output, status) = try await node.run("together.cjs", [node.path, client, preload])
            #expect(output == "")
            #expect(status == 0)
        }
    }

    @Test func callsToAWSAreNamedWhereTheySayWhatTheyAre() async throws {
        let node = try #require(Node.all.first)
        let (output, status) = try await node.run("aws.cjs", [Node.sources.appending(path: "aws.cjs").path])
        #expect(output == "")
        #expect(status == 0)
    }

    @Test(arguments: Node.all)
    func vectorsOfRedactionHold(node: Node) async throws {
        let (output, status) = try await node.run("redaction.cjs", [Node.sources.appending(path: "redaction.cjs").path])
        #expect(output == "")
        #expect(status == 0)
    }

    @Test(arguments: Node.all)
    func bodiesAreDecodedAndRedactedBeforeTheyAreCut(node: Node) async throws {
        let (output, status) = try await node.run("encodings.cjs", [Node.sources.appending(path: "bodies.cjs").path])
        #expect(output == "")
        #expect(status == 0)
    }

    @Test(arguments: Node.all)
    func bodiesAreKeptAsTheirBytesInWhateverPiecesTheyGo(node: Node) async throws {
        let (output, status) = try await node.run("pieces.cjs", [Node.sources.appending(path: "bodies.cjs").path])
        #expect(output == "")
        #expect(status == 0)
    }

    @Test(arguments: Node.all)
    func noPartOfASecretLeavesTheProcess(node: Node) async throws {
        let files = try InstalledFiles()
        let (output, status) = try await node.run("secrets.cjs", [node.path, files.path(InterceptorFiles.preload)])
        #expect(output == "")
        #expect(status == 0)
    }

    @Test(arguments: Node.all)
    func nothingThatAProgramCanSeeIsChanged(node: Node) async throws {
        let files = try InstalledFiles()
        let (output, status) = try await node.run("unnoticed.cjs", [node.path, files.path(InterceptorFiles.preload)])
        #expect(output == "")
        #expect(status == 0)
    }

    @Test(arguments: Node.all)
    func noMoreIsKeptThanIsTold(node: Node) async throws {
        let (output, status) = try await node.run("kept.cjs", [Node.sources.path])
        #expect(output == "")
        #expect(status == 0)
    }

    @Test(arguments: Node.all)
    func everyLevelTellsOfEachOutcomeWhatItSays(node: Node) async throws {
        let files = try InstalledFiles()
        let (output, status) = try await node.run("levels.cjs", [node.path, files.path(InterceptorFiles.preload)])
        #expect(output == "")
        #expect(status == 0)
    }

    @Test(arguments: Node.all)
    func layersWrapperLoadsItBesideWhatTheFunctionHasSet(node: Node) async throws {
        let layer = try InstalledLayer()
        let (output, status) = try await node.run("wrapped.cjs", [node.path, layer.wrapper])
        #expect(output == "")
        #expect(status == 0)
    }

    @Test func whatWasNotToldToBeginWithKeepsItsBodies() async throws {
        let node = try #require(Node.all.first)
        let (output, status) = try await node.run("untold.cjs", [Node.sources.appending(path: "calls.cjs").path])
        #expect(output == "")
        #expect(status == 0)
    }

    @Test(arguments: Node.all)
    func recordsOfABurstWaitForTheProgramButNotForLong(node: Node) async throws {
        let (output, status) = try await node.run("bursts.cjs", [Node.sources.appending(path: "transport.cjs").path])
        #expect(output == "")
        #expect(status == 0)
    }

    @Test(arguments: Node.all)
    func callsAtTheStacksEndHarmNothing(node: Node) async throws {
        let files = try InstalledFiles()
        let (output, status) = try await node.run("deep.cjs", [node.path, files.path(InterceptorFiles.preload)])
        #expect(output == "")
        #expect(status == 0)
    }

    @Test(arguments: Node.all)
    func whatCouldNotBeToldIsCountedAndTheCountIsTold(node: Node) async throws {
        let (output, status) = try await node.run("losses.cjs", [Node.sources.appending(path: "transport.cjs").path])
        #expect(output == "")
        #expect(status == 0)
    }

    @Test func wrongSettingsAreToldAndTheDefaultIsUsed() async throws {
        let node = try #require(Node.all.first)
        let (output, status) = try await node.run("settings.cjs", [Node.sources.appending(path: "settings.cjs").path])
        #expect(output == "")
        #expect(status == 0)
    }

    @Test func everyFileIsWholeAndNamed() {
        let names = InterceptorFiles.all.map(\.name)
        #expect(names == [InterceptorFiles.preload, InterceptorFiles.handler, InterceptorFiles.runtimeClient])
        for (name, bytes) in InterceptorFiles.all where name.hasSuffix(".cjs") {
            #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("'use strict'"))
        }
    }
}
