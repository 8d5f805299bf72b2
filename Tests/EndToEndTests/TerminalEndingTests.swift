import Foundation
import Testing

extension EndToEndTests {
    /// However the view ends, or stops, the terminal is the shell's again.
    @Suite(.enabled(if: TerminalProgram.isAvailable)) struct TerminalEndingTests {
        private let sight: RecordedSight

        init() throws {
            self.sight = try RecordedSight()
        }

        private func expectGivenBack(_ view: TerminalProgram) async {
            #expect(await eventually { view.isAsBefore })
            #expect(await eventually { view.isRestored })
        }

        @Test(arguments: ["q", "Q", "\u{3}"])
        func aKey(key: String) async throws {
            let view = try await self.sight.open()
            #expect(!view.isAsBefore)
            view.type(key)
            #expect(await view.end() == 0)
            await self.expectGivenBack(view)
        }

        @Test(arguments: [SIGTERM, SIGINT, SIGHUP])
        func aSignal(signal: Int32) async throws {
            let view = try await self.sight.open()
            kill(try #require(view.process), signal)
            #expect(await view.end() == 128 + signal)
            await self.expectGivenBack(view)
            #expect(await eventually { self.sight.workspace.processes.isEmpty })
        }

        /// What cannot be gone on from: by a handler, or where there is none, by the supervisor.
        @Test(arguments: [SIGQUIT, SIGSEGV, SIGABRT, SIGTRAP, SIGBUS, SIGILL, SIGFPE, SIGKILL])
        func aCrash(signal: Int32) async throws {
            let view = try await self.sight.open()
            kill(try #require(view.process), signal)
            #expect(await view.end() != nil)
            await self.expectGivenBack(view)
            #expect(await eventually { self.sight.workspace.processes.isEmpty })
        }

        @Test(arguments: [SIGTERM, SIGSEGV, SIGKILL])
        func aSignalWhileADialogIsOpen(signal: Int32) async throws {
            let view = try await self.sight.open()
            view.type("?")
            #expect(await view.shows("next row, or scroll"))
            kill(try #require(view.process), signal)
            #expect(await view.end() != nil)
            await self.expectGivenBack(view)
        }

        /// ^Z gives the terminal to the shell that lmon is a job of; `fg` takes it again and draws everything.
        @Test func aStoppedJobGoesOn() async throws {
            let view = try await self.sight.open(shell: .stays)
            view.type("\u{1A}")
            #expect(await view.shows("the shell: 148"))
            #expect(view.isRestored)
            #expect(view.isStopped)
            view.forget()
            view.type("\r")
            #expect(await view.shows("1 Invocations"))
            #expect(await view.shows("orders"))
            #expect(await eventually { !view.isCooked })
            view.type("q")
            #expect(await view.shows("the shell again: 0"))
            #expect(await view.end() == 0)
            await self.expectGivenBack(view)
        }

        @Test func aStopFromOutsideGivesTheTerminalToTheShell() async throws {
            let view = try await self.sight.open()
            for _ in 0..<3 {
                kill(try #require(view.process), SIGTSTP)
                #expect(await eventually { view.isStopped })
                await self.expectGivenBack(view)
                view.forget()
                kill(try #require(view.process), SIGCONT)
                #expect(await view.shows("1 Invocations"))
                #expect(await eventually { !view.isCooked })
            }
            view.type("q")
            #expect(await view.end() == 0)
            await self.expectGivenBack(view)
        }

        /// Nothing can be done before it, so the shell has to; but afterwards the terminal is taken again.
        @Test func aStopThatCannotBeCaughtIsGoneOnFrom() async throws {
            let view = try await self.sight.open()
            kill(try #require(view.process), SIGSTOP)
            #expect(await eventually { view.isStopped })
            view.setAttributesFromBefore()
            view.resize(columns: 90, rows: 26)
            view.forget()
            kill(try #require(view.process), SIGCONT)
            #expect(await view.shows("1 Invocations"))
            #expect(await eventually { !view.isCooked })
            view.type("q")
            #expect(await view.end() == 0)
            await self.expectGivenBack(view)
        }
    }
}
