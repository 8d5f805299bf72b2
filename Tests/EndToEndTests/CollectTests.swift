import Foundation
import LmonJSON
import LmonTestSupport
import Synchronization
import Testing

extension EndToEndTests {
    /// `lmon collect` as a process, the real agent on one side of it and real viewers on the other.
    @Suite struct CollectTests {
        private let workspace: Workspace

        init() throws {
            self.workspace = try Workspace()
            try self.workspace.write(Functions.echo, to: "echo/index.mjs")
        }

        private func emulator(_ collector: CollectProgram) async throws -> EmulatorProgram {
            try await EmulatorProgram.start(
                "echo",
                in: self.workspace,
                ["--agent", "--concurrency", "1"],
                variables: ["LMON_SPOOL": collector.url, "LMON_FLUSH": "end"]
            )
        }

        private struct Numbers {
            /// By environment, as often as they came.
            var all: [String: [Int]] = [:]
            var dropped = 0

            init(_ lines: [Substring]) throws {
                for line in lines {
                    let record = try JSONValue(parsing: String(line))
                    guard let environment = record["environment"]?.string, let sequence = record["sequence"]?.int else {
                        continue
                    }
                    self.all[environment, default: []].append(sequence)
                    if record["type"]?.string == "lmon.dropped", record["record"]?["through"]?.int != nil {
                        self.dropped += 1
                    }
                }
            }
        }

        private func kept(_ collector: CollectProgram) async throws -> Numbers {
            let answer = try await LoopbackHTTP.send(
                method: "GET",
                port: collector.port,
                path: "/v1/records",
                body: ""
            )
            // Between the lines stands what frames the chunks.
            let lines = answer.body.utf8.split(separator: 0x0A).compactMap { Substring($0) }
            return try Numbers(lines.filter { $0.hasPrefix(#"{"v""#) })
        }

        // MARK: The whole path

        @Test func whatTheAgentSendsIsReadByEveryCommand() async throws {
            let collector = try await CollectProgram.start(in: self.workspace)
            let follow = ["tail", collector.url, "--json", "--count", "4"]
            let viewer = try RunningProgram(follow, in: self.workspace)
            let emulator = try await self.emulator(collector)
            for n in 1...4 { _ = try await emulator.invoke("echo", #"{"n":\#(n),"call":true}"#) }
            #expect(try await emulator.stop().status == 0)
            let seen = try await viewer.end(within: 60)
            #expect(seen.status == 0, "\(seen.errors)")
            #expect(try Numbers(seen.outputLines).all.values.allSatisfy { Set($0).count == $0.count })

            let kept = try await self.kept(collector)
            #expect(kept.all.count == 1 && kept.dropped == 0)
            let own = try #require(kept.all.values.first)
            #expect(own.sorted() == Array(1...own.count))

            func run(_ arguments: [String]) async throws -> Program.Outcome {
                let outcome = try await Program.run(arguments, in: self.workspace)
                #expect(outcome.status == 0, "\(outcome.errors)")
                return outcome
            }
            let stats = try await run(["stats", collector.url, "--json"])
            #expect(try JSONValue(parsing: stats.output)["invocations"]?["count"]?.int == 4)
            let other = try await run(["stats", collector.url, "--json", "--filter", "function=other"])
            #expect(try JSONValue(parsing: other.output)["invocations"]?["count"]?.int == 0)
            let har = try await run(["export", collector.url, "--format", "har"])
            #expect(try JSONValue(parsing: har.output)["log"]?["entries"]?.array?.count == 4)
            let tail = try await run(["tail", collector.url, "--filter", "function=echo", "--count", "4"])
            #expect(tail.output.contains("echo"))

            let ended = try await collector.stop()
            #expect(ended.status == 0 && ended.errors.isEmpty, "\(ended.errors)")
            #expect(ended.output.split(separator: "\n").count == 1)
        }

        /// Killed and started again and again while agents ship: every number that was acknowledged is there once, and a
        /// viewer that was there all the time has seen each once.
        @Test func nothingAcknowledgedIsLostHoweverOftenItIsKilled() async throws {
            var collector = try await CollectProgram.start(in: self.workspace)
            let port = collector.port
            let viewer = try RunningProgram(["tail", collector.url, "--json"], in: self.workspace)
            #expect(await eventually { (try? await collector.get("/metrics"))?.body.contains("_viewers 1") == true })
            let emulator = try await self.emulator(collector)
            let sender = Sender(port: port)
            let sending = Task { await sender.run(batches: 300) }
            for n in 1...5 {
                for m in 0..<3 { _ = try await emulator.invoke("echo", #"{"n":\#(n * 10 + m),"call":true}"#) }
                let goal = sender.acknowledged.count + 200
                #expect(await eventually(within: 60) { sender.isDone || sender.acknowledged.count >= goal })
                try await collector.kill()
                collector = try await CollectProgram.start(in: self.workspace, port: port)
            }
            await sending.value
            #expect(try await emulator.stop().status == 0)

            let kept = try await self.kept(collector)
            #expect(kept.dropped == 0)
            #expect(kept.all.count == 2)
            for (environment, numbers) in kept.all {
                let isComplete = numbers.sorted() == Array(1...numbers.count)
                #expect(isComplete, "\(environment)")
            }
            #expect(kept.all["S"]?.count == 3000)

            let count = kept.all.values.reduce(0) { $0 + $1.count }
            #expect(await eventually { viewer.output.utf8.count { $0 == 0x0A } >= count })
            viewer.signal(SIGINT)
            let seen = try await viewer.end()
            let isSeenOnce =
                try Numbers(seen.outputLines).all.mapValues { $0.sorted() } == kept.all.mapValues { $0.sorted() }
            #expect(isSeenOnce)
            #expect(seen.errors.contains("trying again in 250ms"), "\(seen.errors)")
            _ = try await collector.stop()
        }

        /// Many environments, with duplicates and out of order, and viewers that are cut off; many more are run by hand.
        @Test func everyNumberIsKeptOnceAndSeenOnce() async throws {
            let size = ["--soak", "collector", "--environments", "20", "--batches", "30", "--kills", "3"]
            let bench = URL(filePath: Program.path).deletingLastPathComponent().appending(path: "lmon-bench").path
            let program = try RunningProgram(["spool", "--json"] + size, in: self.workspace, executable: bench)
            let outcome = try await program.end(within: 120)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let figures = try outcome.outputLines.map { try JSONValue(parsing: String($0)) }
            #expect(figures.compactMap { $0["value"]?.int } == [3000, 3000, 0, 12_000, 0])
        }

        /// Sends ten records after ten until each is acknowledged, as an agent does.
        private final class Sender: Sendable {
            private let port: Int
            private let state = Mutex((acknowledged: Set<Int>(), isDone: false))

            init(port: Int) {
                self.port = port
            }

            var acknowledged: Set<Int> { self.state.withLock { $0.acknowledged } }
            var isDone: Bool { self.state.withLock { $0.isDone } }

            func run(batches: Int) async {
                for batch in 0..<batches {
                    let numbers = batch * 10 + 1...batch * 10 + 10
                    let body = CollectProgram.lines(numbers, environment: "S").map { $0 + "\n" }.joined()
                    while true {
                        let answer = try? await LoopbackHTTP.post(port: self.port, path: "/v1/records", body: body)
                        if answer?.status == 200 { break }
                        try? await Task.sleep(for: .milliseconds(20))
                    }
                    self.state.withLock { $0.acknowledged.formUnion(numbers) }
                }
                self.state.withLock { $0.isDone = true }
            }
        }

        // MARK: The disk

        /// Whether a file system of one's own can be mounted for a process.
        static let canMount: Bool = {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
            process.standardError = FileHandle.nullDevice
            guard (try? process.run()) != nil else { return false }
            process.waitUntilExit()
            return process.terminationStatus == 0
        }()

        /// A collector in a small file system that nobody else sees; it grows when a file `grow` appears.
        private func onSmallDisk(_ options: String) async throws -> CollectProgram {
            let script = """
                set -e; mkdir -p disk; mount -t tmpfs -o size=4m,\(options) tmpfs disk
                (until [ -e grow ]; do sleep 0.02; done; mount -o remount,size=64m disk; touch grown) >/dev/null 2>&1 &
                exec "$0" collect --json --port 0 --store disk/c.db
                """
            let arguments = ["-m", "sh", "-c", script, Program.path]
            let program = try RunningProgram(arguments, in: self.workspace, executable: "/usr/bin/unshare")
            guard await eventually({ program.output.contains("\n") || !program.errors.isEmpty }) else {
                throw RunningProgram.TimedOut(description: "not ready")
            }
            let ready = try? JSONValue(parsing: program.output.split(separator: "\n").first.map(String.init) ?? "")
            return CollectProgram(program: program, url: ready?["url"]?.string ?? "")
        }

        @Test(.enabled(if: Self.canMount, "nothing can be mounted here"))
        func aFullDiskIsSaidAndCostsNothingThatWasAcknowledged() async throws {
            let collector = try await self.onSmallDisk("rw")
            var next = 1
            var refused: LoopbackHTTP.Answer?
            while refused == nil, next < 100_000 {
                let answer = try await collector.post(CollectProgram.lines(next...next + 999))
                if answer.status == 200 { next += 1000 } else { refused = answer }
            }
            #expect(refused?.status == 507)
            #expect(refused?.head.contains("Retry-After: 5") == true)
            #expect(refused?.body.contains("disk is full") == true)
            #expect(try await collector.get("/healthz").status == 507)
            #expect(try await self.kept(collector).all["E1"]?.count == next - 1)

            try self.workspace.write("", to: "grow")
            #expect(await eventually { FileManager.default.fileExists(atPath: "\(self.workspace.path)/grown") })
            #expect(try await collector.post(CollectProgram.lines(next...next + 999)).status == 200)
            #expect(try await collector.get("/healthz").status == 200)
            let isWhole = try await self.kept(collector).all["E1"] == Array(1...next + 999)
            #expect(isWhole)
            _ = try await collector.stop()
        }

        /// Whether a disk of one's own can be made, which fails as disks do.
        static let canMakeDisk: Bool = {
            let script = """
                set -e; folder=$(mktemp -d); trap 'umount "$folder/disk" 2>/dev/null || true; rm -rf "$folder"' EXIT
                cd "$folder"; mkdir disk; truncate -s 32m image; mkfs.ext4 -q image
                mount -o loop image disk; umount disk
                """
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["unshare", "-m", "sh", "-c", script]
            process.standardError = FileHandle.nullDevice
            guard (try? process.run()) != nil else { return false }
            process.waitUntilExit()
            return process.terminationStatus == 0
        }()

        /// As the kernel does it to a disk that fails: read-only from one moment to the next, until it was mended.
        @Test(.enabled(if: Self.canMakeDisk, "no disk can be made here"))
        func aDiskThatBecomesReadOnlyCostsNothingThatWasAcknowledged() async throws {
            let script = """
                set -e; mkdir disk; truncate -s 64m image; mkfs.ext4 -q image; mount -o loop,errors=remount-ro image disk
                "$0" collect --json --port 0 --store disk/c.db & first=$!
                until [ -e abort ]; do sleep 0.02; done; mount -o remount,abort disk; touch aborted
                until [ -e mend ]; do sleep 0.02; done; kill $first; wait $first || true
                umount disk; mount -o loop image disk
                exec "$0" collect --json --port 0 --store disk/c.db
                """
            let arguments = ["-m", "sh", "-c", script, Program.path]
            let program = try RunningProgram(arguments, in: self.workspace, executable: "/usr/bin/unshare")
            func collector(_ number: Int) async throws -> CollectProgram {
                #expect(await eventually(within: 60) { program.output.split(separator: "\n").count >= number })
                let line = program.output.split(separator: "\n").dropFirst(number - 1).first
                let ready = try JSONValue(parsing: line.map(String.init) ?? "")
                return CollectProgram(program: program, url: try #require(ready["url"]?.string))
            }
            let collector1 = try await collector(1)
            #expect(try await collector1.post(CollectProgram.lines(1...1000)).status == 200)

            try self.workspace.write("", to: "abort")
            #expect(await eventually { FileManager.default.fileExists(atPath: "\(self.workspace.path)/aborted") })
            // Whatever is answered for after this is on the disk, if anything is.
            let refused = try await collector1.post(CollectProgram.lines(1001...2000))
            #expect(refused.status == 503)
            #expect(refused.head.contains("Retry-After: 5"))
            #expect(
                refused.body.contains("disk is read-only") || refused.body.contains("store fails"),
                "\(refused.body)"
            )
            #expect(try await collector1.get("/healthz").status == 503)

            try self.workspace.write("", to: "mend")
            let collector2 = try await collector(2)
            #expect(try await self.kept(collector2).all["E1"] == Array(1...1000))
            #expect(try await collector2.post(CollectProgram.lines(1001...2000)).status == 200)
            let isWhole = try await self.kept(collector2).all["E1"] == Array(1...2000)
            #expect(isWhole)
            _ = try await collector2.stop()
        }

        @Test(.enabled(if: Self.canMount, "nothing can be mounted here"))
        func aReadOnlyDiskIsOneLine() async throws {
            let collector = try await self.onSmallDisk("ro")
            // Nobody is to wait for the file any more: the program counts as running as long as its children do.
            try self.workspace.write("", to: "grow")
            let outcome = try await collector.program.end()
            #expect(outcome.status == 1)
            #expect(outcome.errors == "lmon: disk/c.db: cannot open the store (Read-only file system)\n")
        }
    }
}
