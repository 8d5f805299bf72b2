import Foundation
import LmonInterceptors
import LmonTestSupport
import Testing

/// Real Node processes, each run with and without the interceptor; one after the other, since they time things out.
@Suite(.exclusive, .serialized) struct InterceptorTests {
    /// Each failure is a line of a fixture's output.
    private func expectSilence(
        of fixture: String,
        _ arguments: [String],
        on node: Node,
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        let (output, status) = try await node.run(fixture, arguments)
        #expect(output == "", sourceLocation: location)
        #expect(status == 0, sourceLocation: location)
    }

    @Test(arguments: Node.all)
    func programsRunAsWithoutTheInterceptorAndTheirCallsAreTold(node: Node) async throws {
        let files = try InstalledFiles()
        try await self.expectSilence(of: "run.cjs", [node.path, files.path(InterceptorFiles.preload)], on: node)
    }

    @Test(arguments: Node.all)
    func interceptorHarmsNothingWhenNobodyListensOrItIsOff(node: Node) async throws {
        let files = try InstalledFiles()
        try await self.expectSilence(of: "alone.cjs", [node.path, files.path(InterceptorFiles.preload)], on: node)
    }

    @Test(arguments: Node.all)
    func runtimeClientBehavesAsLambdas(node: Node) async throws {
        let files = try InstalledFiles()
        try await self.expectSilence(
            of: "invoke.cjs",
            [node.path, files.path(InterceptorFiles.runtimeClient)],
            on: node
        )
    }

    @Test(arguments: Node.all)
    func handlersRunAsBeforeUnderLambdasOwnRuntimeClient(node: Node) async throws {
        let files = try InstalledFiles()
        try await self.expectSilence(of: "official.cjs", [node.path, files.path(InterceptorFiles.preload)], on: node)
    }

    @Test(arguments: Node.all)
    func callsCarryTheInvocationThatStartedThem(node: Node) async throws {
        let files = try InstalledFiles()
        let preload = files.path(InterceptorFiles.preload)
        let lambdas = Node.fixtures.appending(path: "aws-lambda-ric/index.mjs").path
        for client in [files.path(InterceptorFiles.runtimeClient), lambdas] {
            try await self.expectSilence(of: "together.cjs", [node.path, client, preload], on: node)
        }
    }

    @Test func callsToAWSAreNamedWhereTheySayWhatTheyAre() async throws {
        let node = try #require(Node.all.first)
        try await self.expectSilence(of: "aws.cjs", [Node.source("aws.cjs")], on: node)
    }

    @Test(arguments: Node.all)
    func vectorsOfRedactionHold(node: Node) async throws {
        try await self.expectSilence(of: "redaction.cjs", [Node.source("redaction.cjs")], on: node)
    }

    @Test(arguments: Node.all)
    func bodiesAreDecodedAndRedactedBeforeTheyAreCut(node: Node) async throws {
        try await self.expectSilence(of: "encodings.cjs", [Node.source("bodies.cjs")], on: node)
    }

    @Test(arguments: Node.all)
    func bodiesAreKeptAsTheirBytesInWhateverPiecesTheyGo(node: Node) async throws {
        try await self.expectSilence(of: "pieces.cjs", [Node.source("bodies.cjs")], on: node)
    }

    @Test(arguments: Node.all)
    func noPartOfASecretLeavesTheProcess(node: Node) async throws {
        let files = try InstalledFiles()
        try await self.expectSilence(of: "secrets.cjs", [node.path, files.path(InterceptorFiles.preload)], on: node)
    }

    @Test(arguments: Node.all)
    func nothingThatAProgramCanSeeIsChanged(node: Node) async throws {
        let files = try InstalledFiles()
        try await self.expectSilence(of: "unnoticed.cjs", [node.path, files.path(InterceptorFiles.preload)], on: node)
    }

    @Test(arguments: Node.all)
    func noMoreIsKeptThanIsTold(node: Node) async throws {
        try await self.expectSilence(of: "kept.cjs", [Node.sources.path], on: node)
    }

    @Test(arguments: Node.all)
    func everyLevelTellsOfEachOutcomeWhatItSays(node: Node) async throws {
        let files = try InstalledFiles()
        try await self.expectSilence(of: "levels.cjs", [node.path, files.path(InterceptorFiles.preload)], on: node)
    }

    @Test(arguments: Node.all)
    func layersWrapperLoadsItBesideWhatTheFunctionHasSet(node: Node) async throws {
        let layer = try InstalledLayer()
        try await self.expectSilence(of: "wrapped.cjs", [node.path, layer.wrapper], on: node)
    }

    @Test func whatWasNotToldToBeginWithKeepsItsBodies() async throws {
        let node = try #require(Node.all.first)
        try await self.expectSilence(of: "untold.cjs", [Node.source("calls.cjs")], on: node)
    }

    @Test(arguments: Node.all)
    func recordsOfABurstWaitForTheProgramButNotForLong(node: Node) async throws {
        try await self.expectSilence(of: "bursts.cjs", [Node.source("transport.cjs")], on: node)
    }

    @Test(arguments: Node.all)
    func callsAtTheStacksEndHarmNothing(node: Node) async throws {
        let files = try InstalledFiles()
        try await self.expectSilence(of: "deep.cjs", [node.path, files.path(InterceptorFiles.preload)], on: node)
    }

    @Test(arguments: Node.all)
    func whatCouldNotBeToldIsCountedAndTheCountIsTold(node: Node) async throws {
        try await self.expectSilence(of: "losses.cjs", [Node.source("transport.cjs")], on: node)
    }

    @Test func wrongSettingsAreToldAndTheDefaultIsUsed() async throws {
        let node = try #require(Node.all.first)
        try await self.expectSilence(of: "settings.cjs", [Node.source("settings.cjs")], on: node)
    }

    @Test func everyFileIsWholeAndNamed() {
        let names = InterceptorFiles.all.map(\.name)
        #expect(names == [InterceptorFiles.preload, InterceptorFiles.handler, InterceptorFiles.runtimeClient])
        for (name, bytes) in InterceptorFiles.all where name.hasSuffix(".cjs") {
            #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("'use strict'"))
        }
    }
}
