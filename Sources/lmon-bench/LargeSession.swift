import Dispatch
import Foundation
import LmonModel
import LmonRecord
import LmonSession
import LmonStore
import LmonUI

/// A session of a million records: how long it takes to open, and to look through.
enum LargeSession {
    private static let filters: [(name: String, text: String, goal: String)] = [
        ("request id", "requestId=9f3c0000-0000-4000-8000-000000000fff", "≤ 20 ms"),
        ("a word that few lines have", "users/42", "≤ 500 ms"),
        ("a word that all invocations have", "applic", "≤ 500 ms"),
        ("a word that none has", "nowhere-at-all", "≤ 500 ms"),
        ("a comparison", "status>=500", "≤ 500 ms"),
        ("a comparison of two levels", "host~example status>=500 duration>5ms", "≤ 500 ms"),
        ("a regex", "/order=\\d+7\\b/", "≤ 3000 ms"),
    ]

    static func measure(records: Int = 1_000_000) throws -> [Figure] {
        let folder = FileManager.default.temporaryDirectory.path + "/lmon-bench-view"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = "\(folder)/large.lmon"
        let writing = try Stopwatch.seconds { try Self.generate(path, records) }
        var figures = [
            Figure(
                name: "records folded, kept and archived",
                value: Double(records) / writing,
                unit: "/s",
                goal: nil,
                method: "a session of \(records) records written with its rows, on this disk"
            )
        ]
        figures += try Self.opening(path, records)
        return figures + (try Self.filters(of: path))
    }

    static func filters(of path: String, only start: String = "") throws -> [Figure] {
        let store = try SessionStore.open(path)
        return try Self.filters.filter { $0.name.hasPrefix(start) }.flatMap {
            try Self.filter(store, $0.name, $0.text, $0.goal)
        }
    }

    static func generate(_ path: String, _ records: Int) throws {
        let store = try SessionStore.create(at: path, source: "bench", startedAt: Timestamp(microseconds: 0))
        let journal = Journal(store: store, keepsRecords: true)
        let invocations = records / SampleRecords.perInvocation
        for first in stride(from: 0, to: invocations, by: 1_000) {
            journal.take(SampleRecords.records(from: first, invocations: min(1_000, invocations - first)))
            _ = journal.archive()
            store.flush()
        }
        journal.conclude()
        store.close()
    }

    /// The program itself on a pseudo-terminal.
    private static func opening(_ path: String, _ records: Int) throws -> [Figure] {
        var first: [Double] = []
        var resident = 0.0
        var idle = 0.0
        for run in 0..<3 {
            let view = try ViewProcess(["tui", path], columns: 120, rows: 40)
            defer { view.end() }
            first.append(try view.wait(for: "orders", "payment", "thumbs") * 1000)
            guard run == 2 else { continue }
            resident = view.residentMegabytes
            view.waitUntilQuiet()
            resident = max(resident, view.residentMegabytes)
            let before = view.processorSeconds
            Thread.sleep(forTimeInterval: 10)
            idle = (view.processorSeconds - before) / 10 * 100
        }
        let size = "\(records) records"
        return [
            Figure(
                name: "open \(size): first screen",
                value: Stopwatch.median(first),
                unit: "ms",
                goal: "≤ 300 ms",
                method: "from the start of the process to a row's bytes at the pty's master, median of 3"
            ),
            Figure(
                name: "open \(size): resident set",
                value: resident,
                unit: "MB",
                goal: "≤ 100 MB",
                method: "the larger of at the first screen and when all was folded behind"
            ),
            Figure(
                name: "idle CPU of the view",
                value: idle,
                unit: "%",
                goal: "≤ 0.5 %",
                method: "of one core, over 10 s, the session open"
            ),
        ]
    }

    /// From the question to the first page, and to the end.
    private static func filter(_ store: SessionStore, _ name: String, _ text: String, _ goal: String) throws -> [Figure]
    {
        var sight = Sight()
        sight.filter = try Filter(text)
        var pages: [Double] = []
        var wholes: [Double] = []
        var count = 0
        for _ in 0..<3 {
            let woken = DispatchSemaphore(value: 0)
            var lists = SessionLists(store, isWhole: true) { woken.signal() }
            let model = Model()
            _ = lists.counts(model)
            let start = ContinuousClock.now
            var page: Double?
            lists.look(sight, model)
            while true {
                _ = lists.collect(model)
                count = lists.counts(model).invocations
                if page == nil, count > 0 {
                    _ = lists.rows(.invocations, in: max(0, count - 40)..<count, model)
                    page = Stopwatch.seconds(start.duration(to: .now)) * 1000
                }
                guard lists.progress != nil else { break }
                woken.wait()
            }
            let whole = Stopwatch.seconds(start.duration(to: .now)) * 1000
            pages.append(page ?? whole)
            wholes.append(whole)
            while lists.isBusy {
                woken.wait()
                _ = lists.collect(model)
            }
        }
        let method = "\(text): \(count) invocations; two threads, median of 3"
        return [
            Figure(name: "filter, \(name)", value: Stopwatch.median(wholes), unit: "ms", goal: goal, method: method),
            Figure(
                name: "filter, \(name): first rows",
                value: Stopwatch.median(pages),
                unit: "ms",
                goal: "≤ 50 ms",
                method: "until the newest page that was found is there"
            ),
        ]
    }
}
